package io.upflux.codecs.output;

import io.upflux.codecs.ffmpeg.Av;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Write_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * What a muxer writes, kept in memory until it is taken. It cannot seek.
 *
 * <p>JavaCPP has room for ten callbacks of a type, so there is one for the process, which finds its memory by the
 * {@code opaque} pointer.
 */
final class MemoryIo implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final Map<Long, MemoryIo> BY_ADDRESS = new ConcurrentHashMap<>();
    private static final Write WRITE = new Write();

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AVIOContext io;
    private final Pointer key;

    /** @param name for messages */
    MemoryIo(String name) {
        key = Av.allocated(avutil.av_malloc(1), name);
        BytePointer buffer = new BytePointer(Av.allocated(avutil.av_malloc(BUFFER_BYTES), name));
        io = Av.allocated(avformat.avio_alloc_context(buffer, BUFFER_BYTES, 1, key, null, WRITE, null), name);
        io.seekable(0);
        BY_ADDRESS.put(key.address(), this);
    }

    /** Makes a context write here. To be called before its header is written. */
    void attach(AVFormatContext context) {
        context.pb(io);
        context.flags(context.flags() | AVFormatContext.AVFMT_FLAG_CUSTOM_IO);
    }

    /** Everything written since the last call. */
    ByteBuffer take() {
        avformat.avio_flush(io);
        ByteBuffer taken = ByteBuffer.wrap(bytes.toByteArray());
        bytes.reset();
        return taken;
    }

    /** To be called when the context does not write any more. */
    @Override
    public void close() {
        if (BY_ADDRESS.remove(key.address()) != null) {
            // Not the buffer that was given: FFmpeg may have replaced it.
            avutil.av_free(io.buffer());
            avformat.avio_context_free(io);
            avutil.av_free(key);
        }
    }

    private int write(BytePointer source, int size) {
        byte[] chunk = new byte[size];
        source.capacity(size).get(chunk);
        bytes.write(chunk, 0, size);
        return size;
    }

    private static final class Write extends Write_packet_Pointer_BytePointer_int {
        @Override
        public int call(Pointer opaque, BytePointer source, int size) {
            MemoryIo memory = BY_ADDRESS.get(opaque.address());
            return memory == null ? avutil.AVERROR_EXIT : memory.write(source, size);
        }
    }
}
