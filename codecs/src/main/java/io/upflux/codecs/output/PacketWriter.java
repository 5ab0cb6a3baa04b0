package io.upflux.codecs.output;

import io.upflux.frame.Rational;
import io.upflux.pipeline.StreamException;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;

/** Writes a {@link PacketFile}. One thread. */
final class PacketWriter implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final FileChannel channel;
    private final DataOutputStream out;
    private final ReorderDepth depth = new ReorderDepth();
    private long packets;

    PacketWriter(Path file, Rational timeBase, byte[] fingerprint) {
        this.file = file;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
            out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER));
            out.writeLong(PacketFile.MAGIC);
            out.writeLong(timeBase.num());
            out.writeLong(timeBase.den());
            out.write(fingerprint);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** @param shift added to the packet's time */
    void write(AVPacket packet, long shift) {
        try {
            out.writeInt(packet.size());
            out.writeLong(packet.pts() + shift);
            out.writeLong(packet.duration());
            out.writeInt(packet.flags());
            out.writeInt(packet.side_data_elems());
            for (int i = 0; i < packet.side_data_elems(); i++) {
                AVPacketSideData side = packet.side_data().getPointer(i);
                out.writeInt(side.type());
                byte[] bytes = new byte[(int) side.size()];
                side.data().get(bytes);
                out.writeInt(bytes.length);
                out.write(bytes);
            }
            byte[] bytes = new byte[packet.size()];
            packet.data().get(bytes);
            out.write(bytes);
        } catch (IOException e) {
            throw failure(e);
        }
        depth.add(packet.pts() + shift);
        packets++;
    }

    long packets() {
        return packets;
    }

    /** Writes the end; afterwards everything is on the disk, even when the power fails. */
    void finish() {
        try {
            out.writeInt(PacketFile.END);
            out.writeLong(packets);
            out.writeInt(depth.depth());
            out.flush();
            channel.force(true);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void close() {
        try {
            // Not the stream, which would try to write what is left.
            channel.close();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private StreamException failure(IOException e) {
        return new StreamException(file + ": cannot be written: " + e.getMessage(), e);
    }
}
