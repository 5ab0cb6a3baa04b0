package io.upflux.codecs.input;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.storage.Storage;
import io.upflux.pipeline.StreamException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Standard input, a named pipe, what a caller delivers, or a stored file, read through a channel: FFmpeg's own pipe protocol
 * blocks in the kernel where no interrupt reaches it, whereas closing a channel ends a read that is waiting in it.
 *
 * <p>As for interrupts, there is one callback for the process, which finds its input by the {@code opaque} pointer.
 */
final class ChannelInput implements AutoCloseable {
    /** C's SEEK_CUR and SEEK_END. */
    private static final int FROM_HERE = 1;

    private static final int FROM_END = 2;
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final Map<Long, ChannelInput> BY_ADDRESS = new ConcurrentHashMap<>();
    private static final Read READ = new Read();
    private static final Seek SEEK = new Seek();

    private final ReadableByteChannel channel;
    private final @Nullable SeekableByteChannel file;
    private final AVIOContext io;
    private final Pointer key;
    private volatile @Nullable IOException failure;

    /** @param file the channel, if one may go anywhere in it */
    private ChannelInput(ReadableByteChannel channel, @Nullable SeekableByteChannel file, String name) {
        this.channel = channel;
        this.file = file;
        key = Av.allocated(avutil.av_malloc(1), name);
        BytePointer buffer = new BytePointer(Av.allocated(avutil.av_malloc(BUFFER_BYTES), name));
        io = Av.allocated(
                avformat.avio_alloc_context(buffer, BUFFER_BYTES, 0, key, READ, null, file == null ? null : SEEK),
                name);
        io.seekable(file == null ? 0 : avformat.AVIO_SEEKABLE_NORMAL);
        BY_ADDRESS.put(key.address(), this);
    }

    /**
     * Of what FFmpeg shall not open itself; null for all else. Blocks until somebody writes to a named pipe.
     *
     * @throws StreamException when it cannot be opened, or a stored file is empty
     */
    static @Nullable ChannelInput of(Location location) {
        try {
            return switch (location.kind()) {
                // Not closed with the stream object: the channel is what closes the descriptor.
                case STANDARD_INPUT ->
                    new ChannelInput(new FileInputStream(FileDescriptor.in).getChannel(), null, location.name());
                case NAMED_PIPE ->
                    new ChannelInput(
                            FileChannel.open(Objects.requireNonNull(location.path()), StandardOpenOption.READ),
                            null,
                            location.name());
                case STORED -> stored(location.name());
                default -> null;
            };
        } catch (IOException e) {
            throw new StreamException(location.name() + ": " + e.getMessage(), e);
        }
    }

    /** @param channel to be closed by this */
    static ChannelInput of(ReadableByteChannel channel, String name) {
        return new ChannelInput(channel, null, name);
    }

    /** A file of a {@link Storage}, by ranges. */
    private static ChannelInput stored(String url) throws IOException {
        SeekableByteChannel file = Storage.of(url).orElseThrow().open(url);
        if (file.size() == 0) {
            file.close();
            throw new StreamException(url + ": the file is empty");
        }
        return new ChannelInput(file, file, url);
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

    /** What the last read failed with; null when it did not. Any thread. */
    @Nullable
    IOException failure() {
        return failure;
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
        } catch (IOException e) {
            return failed(e);
        }
    }

    private long seek(long offset, int whence) {
        if (file == null) {
            return avutil.AVERROR_EINVAL();
        }
        try {
            if (whence == avformat.AVSEEK_SIZE) {
                return file.size();
            }
            long base = switch (whence & ~avformat.AVSEEK_FORCE) {
                case FROM_HERE -> file.position();
                case FROM_END -> file.size();
                default -> 0;
            };
            if (base + offset < 0) {
                return avutil.AVERROR_EINVAL();
            }
            file.position(base + offset);
            return base + offset;
        } catch (IOException e) {
            return failed(e);
        }
    }

    private int failed(IOException e) {
        if (e instanceof ClosedChannelException) {
            return avutil.AVERROR_EXIT;
        }
        failure = e;
        return avutil.AVERROR_EIO();
    }

    private static final class Read extends Read_packet_Pointer_BytePointer_int {
        @Override
        public int call(Pointer opaque, BytePointer target, int size) {
            ChannelInput input = BY_ADDRESS.get(opaque.address());
            return input == null ? avutil.AVERROR_EXIT : input.read(target, size);
        }
    }

    private static final class Seek extends Seek_Pointer_long_int {
        @Override
        public long call(Pointer opaque, long offset, int whence) {
            ChannelInput input = BY_ADDRESS.get(opaque.address());
            return input == null ? avutil.AVERROR_EXIT : input.seek(offset, whence);
        }
    }
}
