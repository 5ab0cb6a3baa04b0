package io.upflux.codecs.relay;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.InputLimits;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.codecs.ffmpeg.DisplayMatrix;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** The receiving end. One thread. What breaks off is an {@link IOException}, what makes no sense a {@link StreamException}. */
public final class RelayReader implements AutoCloseable {
    private static final int VIDEO = 0;
    private static final int PIECE = 1 << 16;

    private final DataInputStream in;
    private final Notices notices;
    private final byte[] piece = new byte[PIECE];
    private final AVFormatContext streams;
    private final Carriage carriage;
    private final FrameFormat format;
    private final long frames;
    private final @Nullable AVStream sound;
    private final @Nullable AVStream samples;

    /**
     * Waits for the sender to begin.
     *
     * @param name what to call the source
     * @param in not closed by this
     * @param limits of what is taken
     * @throws StreamException when the sender says that it cannot
     */
    public RelayReader(String name, InputStream in, InputLimits limits, Notices notices) throws IOException {
        this.in = new DataInputStream(in);
        this.notices = notices;
        if (await(Kind.HEADER) < 0) {
            throw new MalformedMessage("an end before the beginning");
        }
        AVFormatContext described = Av.allocated(avformat.avformat_alloc_context(), name);
        AVFrame first = Av.allocated(avutil.av_frame_alloc(), name);
        streams = described;
        try {
            format = FormatFields.read(this.in, limits);
            Samples.bytes(format);
            frames = Math.max(0, this.in.readLong());
            HdrFields.read(this.in, first);
            AVStream video = Av.allocated(avformat.avformat_new_stream(described, null), name);
            video.time_base(Av.rational(format.timeBase())).codecpar().codec_type(avutil.AVMEDIA_TYPE_VIDEO);
            sound = sound(described, name);
            samples = sound(described, name);
            if (samples != null && samples.codecpar().codec_id() != avcodec.AV_CODEC_ID_PCM_F32LE) {
                throw new MalformedMessage("samples that are still to be decoded");
            }
            carriage = new Carriage(described, VIDEO, name, 0, null, DisplayMatrix.IDENTITY, first);
            carriage.decodedSound(samples);
        } catch (ArithmeticException e) {
            free(first, described);
            throw new MalformedMessage("pictures of more than 2 GiB");
        } catch (IOException | RuntimeException e) {
            free(first, described);
            throw e;
        }
    }

    public FrameFormat format() {
        return format;
    }

    /** How many there will be, 0 when unknown. */
    public long frames() {
        return frames;
    }

    /** Its sound, as of a source that is read here. */
    public Carriage carriage() {
        return carriage;
    }

    /** The next picture, owned by the caller; null at the end. What comes before it goes to the carriage and the notices. */
    public @Nullable VideoFrame next(NativeScope scope) throws IOException {
        int length = await(Kind.PICTURE);
        if (length < 0) {
            return null;
        }
        if (length != 2 * Long.BYTES + Samples.bytes(format)) {
            throw new MalformedMessage("a picture of " + length + " bytes");
        }
        VideoFrame frame = scope.frame(format, in.readLong(), Math.max(0, in.readLong()));
        try {
            for (Plane plane : frame.planes()) {
                read(plane);
            }
            return frame;
        } catch (IOException | RuntimeException e) {
            frame.close();
            throw e;
        }
    }

    @Override
    public void close() {
        carriage.close();
        if (!streams.isNull()) {
            avformat.avformat_free_context(streams);
            streams.setNull();
        }
    }

    private static void free(AVFrame frame, AVFormatContext context) {
        avutil.av_frame_free(frame);
        avformat.avformat_free_context(context);
    }

    /** The length of the next message of a kind, after what others say; -1 at the end. */
    private int await(Kind wanted) throws IOException {
        while (true) {
            Kind kind = Kind.of(in.readUnsignedByte());
            int length = in.readInt();
            if (kind == wanted) {
                return length;
            }
            if (length < 0 || length > Kind.MOST) {
                throw new MalformedMessage(length + " bytes of " + kind);
            }
            switch (kind) {
                case SOUND -> packet(sound, length);
                case SAMPLES -> packet(samples, length);
                case ALIVE -> {}
                case INFO -> notices.info(line(length));
                case WARNING -> notices.warning(line(length));
                case FAILURE -> throw new StreamException(line(length));
                case END -> {
                    return -1;
                }
                default -> throw new MalformedMessage(kind + " where there should be " + wanted);
            }
        }
    }

    /** A row takes many reads when it is long, and one read many rows when they are short. */
    private void read(Plane plane) throws IOException {
        int bytes = plane.width() * format.layout().bytesPerSample();
        int rows = Math.max(1, PIECE / bytes);
        for (int row = 0; row < plane.height(); row += rows) {
            int part = Math.min(rows, plane.height() - row);
            if (bytes > PIECE) {
                for (int at = 0; at < bytes; at += PIECE) {
                    int size = Math.min(PIECE, bytes - at);
                    in.readFully(piece, 0, size);
                    plane.data().put(row * plane.stride() + at, piece, 0, size);
                }
            } else {
                in.readFully(piece, 0, part * bytes);
                for (int i = 0; i < part; i++) {
                    plane.data().put((row + i) * plane.stride(), piece, i * bytes, bytes);
                }
            }
        }
    }

    private @Nullable AVStream sound(AVFormatContext described, String name) throws IOException {
        if (!in.readBoolean()) {
            return null;
        }
        AVStream stream = Av.allocated(avformat.avformat_new_stream(described, null), name);
        SoundFields.read(in, stream);
        return stream;
    }

    private void packet(@Nullable AVStream stream, int length) throws IOException {
        int size = length - 3 * Long.BYTES;
        if (stream == null || size <= 0) {
            throw new MalformedMessage("a packet of " + size + " bytes of sound");
        }
        AVPacket packet = Av.allocated(avcodec.av_packet_alloc(), "sound");
        try {
            Av.check(avcodec.av_new_packet(packet, size), "sound");
            packet.pts(in.readLong()).dts(in.readLong()).duration(Math.max(0, in.readLong()));
            packet.stream_index(stream.index()).flags(avcodec.AV_PKT_FLAG_KEY);
            byte[] bytes = new byte[size];
            in.readFully(bytes);
            BytePointer data = packet.data();
            ByteBuffer target = data.capacity(size).asByteBuffer();
            target.put(bytes);
        } catch (IOException | RuntimeException e) {
            avcodec.av_packet_free(packet);
            throw e;
        }
        if (carriage.isWanted()) {
            carriage.add(packet);
        } else {
            avcodec.av_packet_free(packet);
        }
    }

    /** One line, whatever was sent. */
    private String line(int length) throws IOException {
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}+", " ");
    }
}
