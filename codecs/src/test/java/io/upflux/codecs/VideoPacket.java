package io.upflux.codecs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A packet of the video of a Matroska or MP4 file, to be damaged there.
 *
 * @param pts in milliseconds
 * @param bidirectional whether it is decoded after one that is shown later
 * @param position where its bytes begin in the file
 * @param size how many they are
 */
public record VideoPacket(long pts, boolean bidirectional, int position, int size) {
    /** Bytes of track, time and flags before a packet in Matroska (RFC 9559, section 10.1). */
    private static final int BLOCK_HEADER = 4;

    /** All of a file, in decoding order. */
    public static List<VideoPacket> of(Path clip) {
        int header = clip.toString().endsWith(".mkv") ? BLOCK_HEADER : 0;
        String[] lines = FfmpegPrograms.ffprobe(
                        "-v",
                        "error",
                        "-select_streams",
                        "v",
                        "-show_entries",
                        "packet=pts_time,pos,size",
                        "-of",
                        "default=nk=0:nw=1",
                        clip.toString())
                .replaceAll("\\R(?!pts)", " ")
                .split("\\R");
        List<VideoPacket> packets = new ArrayList<>();
        long latest = Long.MIN_VALUE;
        for (String line : lines) {
            long pts = Math.round(1000 * number(line, "pts_time"));
            int position = (int) number(line, "pos") + header;
            packets.add(new VideoPacket(pts, pts < latest, position, (int) number(line, "size")));
            latest = Math.max(latest, pts);
        }
        return packets;
    }

    /** Leaves nothing of it that could be decoded. */
    public void erase(byte[] file) {
        damage(file, 0, 0);
    }

    /** Makes something else of it. */
    public void garble(byte[] file) {
        damage(file, 0xff, 0x55);
    }

    private void damage(byte[] file, int kept, int turned) {
        for (int i = position; i < position + size; i++) {
            file[i] = (byte) (file[i] & kept ^ turned);
        }
    }

    private static double number(String line, String key) {
        return Double.parseDouble(line.replaceAll(".*\\b" + key + "=([0-9.]+).*", "$1"));
    }
}
