package io.upflux.codecs.relay;

import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Notices;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.jspecify.annotations.Nullable;

/** The sending end. Messages come from several threads, each whole. What cannot be sent is an {@link UncheckedIOException}. */
public final class RelayWriter implements AutoCloseable {
    private static final int HEAD = 1 + Integer.BYTES;
    private static final int LONGEST_TEXT = 2000;

    private final WritableByteChannel out;
    private ByteBuffer message = ByteBuffer.allocateDirect(1 << 16);
    private @Nullable SentSound sound;

    public RelayWriter(WritableByteChannel out) {
        this.out = out;
    }

    /** What passes notices on. */
    public Notices notices() {
        return new Notices() {
            @Override
            public void warning(String line) {
                text(Kind.WARNING, line);
            }

            @Override
            public void info(String line) {
                text(Kind.INFO, line);
            }
        };
    }

    /** Begins. @param carriage the sound is taken from, before each picture */
    public synchronized void begin(FrameFormat format, long frames, Carriage carriage) {
        SentSound track = SentSound.of(carriage, notices());
        sound = track;
        if (track == null) {
            carriage.abandon();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream header = new DataOutputStream(bytes)) {
            FormatFields.write(format, header);
            header.writeLong(frames);
            HdrFields.write(carriage.firstFrame(), header);
            if (track != null) {
                track.describe(header);
            } else {
                header.writeBoolean(false);
                header.writeBoolean(false);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        begin(Kind.HEADER, bytes.size()).put(bytes.toByteArray());
        send();
    }

    /** A picture, after the sound that was read before it. The caller keeps it. */
    public synchronized void picture(VideoFrame frame) {
        if (sound != null) {
            sound.drain(packet -> send(Kind.SOUND, packet), samples -> send(Kind.SAMPLES, samples));
        }
        ByteBuffer body = begin(Kind.PICTURE, 2 * Long.BYTES + Samples.bytes(frame.format()));
        body.putLong(frame.pts()).putLong(frame.duration());
        for (Plane plane : frame.planes()) {
            int bytes = plane.width() * frame.format().layout().bytesPerSample();
            for (int row = 0; row < plane.height(); row++) {
                body.put(body.position(), plane.data(), row * plane.stride(), bytes);
                body.position(body.position() + bytes);
            }
        }
        send();
    }

    /** The source is being read. */
    public synchronized void alive() {
        begin(Kind.ALIVE, 0);
        send();
    }

    /** There is no more, but for the sound that was read behind the last picture. */
    public synchronized void end() {
        if (sound != null) {
            sound.finish(packet -> send(Kind.SOUND, packet), samples -> send(Kind.SAMPLES, samples));
        }
        begin(Kind.END, 0);
        send();
    }

    /** There is no more, and why. */
    public void failure(String line) {
        text(Kind.FAILURE, line);
    }

    /** Frees what decodes the sound. */
    @Override
    public synchronized void close() {
        if (sound != null) {
            sound.close();
            sound = null;
        }
    }

    private void send(Kind kind, AVPacket packet) {
        int size = packet.size();
        if (size > Kind.MOST - 3 * Long.BYTES) {
            return;
        }
        ByteBuffer body = begin(kind, 3 * Long.BYTES + size);
        body.putLong(packet.pts()).putLong(packet.dts()).putLong(packet.duration());
        body.put(packet.data().capacity(size).asByteBuffer());
        send();
    }

    private synchronized void text(Kind kind, String line) {
        byte[] bytes = line.substring(0, Math.min(line.length(), LONGEST_TEXT)).getBytes(StandardCharsets.UTF_8);
        begin(kind, bytes.length).put(bytes);
        send();
    }

    private ByteBuffer begin(Kind kind, int length) {
        if (message.capacity() < HEAD + length) {
            message = ByteBuffer.allocateDirect(HEAD + length);
        }
        return message.clear()
                .order(ByteOrder.BIG_ENDIAN)
                .put((byte) kind.ordinal())
                .putInt(length);
    }

    private void send() {
        message.flip();
        try {
            while (message.hasRemaining()) {
                out.write(message);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
