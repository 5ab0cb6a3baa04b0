package io.upflux.codecs.input;

import io.upflux.codecs.ffmpeg.Av;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Standard input, a named pipe, or what a caller delivers, read through a channel: FFmpeg's own pipe protocol blocks in the kernel where no
 * interrupt reaches it, whereas closing a channel ends a read that is waiting in it.
 *
 * <p>As for interrupts, there is one callback for the process, which finds its pipe by the {@code opaque} pointer.
 */
final class PipeInput implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final Map<Long, PipeInput> BY_ADDRESS = new ConcurrentHashMap<>();
    private static final Read READ = new Read();

    private final ReadableByteChannel channel;
    private final AVIOContext io;
    private final Pointer key;

    private PipeInput(ReadableByteChannel channel, String name) {
        this.channel = channel;
        key = Av.allocated(avutil.av_malloc(1), name);
        BytePointer buffer = new BytePointer(Av.allocated(avutil.av_malloc(BUFFER_BYTES), name));
        io = Av.allocated(avformat.avio_alloc_context(buffer, BUFFER_BYTES, 0, key, READ, null, null), name);
        io.seekable(0);
        BY_ADDRESS.put(key.address(), this);
    }

    static PipeInput standardInput() {
        // Not closed with the stream object: the channel is what closes the descriptor.
        return new PipeInput(new FileInputStream(FileDescriptor.in).getChannel(), "standard input");
    }

    /** Blocks until somebody writes to it. */
    static PipeInput named(Path pipe) throws IOException {
        return new PipeInput(FileChannel.open(pipe, StandardOpenOption.READ), pipe.toString());
    }

    /** @param channel to be closed by this */
    static PipeInput of(ReadableByteChannel channel, String name) {
        return new PipeInput(channel, name);
    }

    /** Makes a context read from here. To be called before it is opened. */
    void attach(AVFormatContext context) {
        context.pb(io);
        context.flags(context.flags() | AVFormatContext.AVFMT_FLAG_CUSTOM_IO);
    }

    /** Ends a read that is waiting, and fails all later ones. Any thread. */
    void interrupt() {
        try {
            channel.close();
        } catch (IOException e) {
            // Closed for reading all the same.
        }
    }

    /** To be called after the context is closed. */
    @Override
    public void close() {
        if (BY_ADDRESS.remove(key.address()) != null) {
            // Not the buffer that was given: FFmpeg may have replaced it.
            avutil.av_free(io.buffer());
            avformat.avio_context_free(io);
            avutil.av_free(key);
            interrupt();
        }
    }

    private int read(BytePointer target, int size) {
        try {
            int read = channel.read(target.capacity(size).asByteBuffer());
            return read < 0 ? Av.END : read;
        } catch (ClosedChannelException e) {
            return avutil.AVERROR_EXIT;
        } catch (IOException e) {
            return avutil.AVERROR_EIO();
        }
    }

    private static final class Read extends Read_packet_Pointer_BytePointer_int {
        @Override
        public int call(Pointer opaque, BytePointer target, int size) {
            PipeInput pipe = BY_ADDRESS.get(opaque.address());
            return pipe == null ? avutil.AVERROR_EXIT : pipe.read(target, size);
        }
    }
}
