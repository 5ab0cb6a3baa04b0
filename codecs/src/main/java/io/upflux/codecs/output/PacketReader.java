package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.av_new_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_new_side_data;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.Rational;
import io.upflux.pipeline.StreamException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.javacpp.BytePointer;

/** Reads a {@link PacketFile}. One thread. */
final class PacketReader implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final DataInputStream in;

    /** @throws StreamException when it is no such file */
    PacketReader(Path file) {
        this.file = file;
        try {
            in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
            header(in, file);
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /** @throws StreamException when it is no such file, or not whole */
    static PacketFile.Summary summary(Path file) {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "r")) {
            byte[] head = new byte[3 * Long.BYTES + PacketFile.FINGERPRINT];
            bytes.readFully(head);
            PacketFile.Summary start;
            try (DataInputStream in = new DataInputStream(new java.io.ByteArrayInputStream(head))) {
                start = header(in, file);
            }
            bytes.seek(bytes.length() - PacketFile.TRAILER);
            if (bytes.readInt() != PacketFile.END) {
                throw new EOFException("it ends too early");
            }
            return new PacketFile.Summary(start.timeBase(), start.fingerprint(), bytes.readLong(), bytes.readInt());
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /** Reads the next packet; false at the end. The packet has no decoding time and must be empty. */
    boolean read(AVPacket packet) {
        try {
            int size = in.readInt();
            if (size == PacketFile.END) {
                return false;
            }
            Av.check(av_new_packet(packet, size), file.toString());
            packet.pts(in.readLong());
            packet.duration(in.readLong());
            packet.flags(in.readInt());
            int sides = in.readInt();
            for (int i = 0; i < sides; i++) {
                int type = in.readInt();
                byte[] bytes = bytes(in.readInt());
                BytePointer side = Av.allocated(av_packet_new_side_data(packet, type, bytes.length), file.toString());
                side.put(bytes);
            }
            packet.data().put(bytes(size));
            return true;
        } catch (IOException e) {
            av_packet_unref(packet);
            throw failure(file, e);
        }
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    private byte[] bytes(int size) throws IOException {
        byte[] bytes = new byte[size];
        in.readFully(bytes);
        return bytes;
    }

    private static PacketFile.Summary header(DataInputStream in, Path file) throws IOException {
        if (in.readLong() != PacketFile.MAGIC) {
            throw new StreamException(file + ": is no file of packets of this version");
        }
        Rational timeBase = new Rational(in.readLong(), in.readLong());
        byte[] fingerprint = new byte[PacketFile.FINGERPRINT];
        in.readFully(fingerprint);
        return new PacketFile.Summary(timeBase, fingerprint, 0, 0);
    }

    private static StreamException failure(Path file, IOException e) {
        String reason = e instanceof EOFException ? "it ends too early" : String.valueOf(e.getMessage());
        return new StreamException(file + ": cannot be read: " + reason, e);
    }
}
