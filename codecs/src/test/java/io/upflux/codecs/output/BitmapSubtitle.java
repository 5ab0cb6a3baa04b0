package io.upflux.codecs.output;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes a file with a Blu-ray (PGS) subtitle, which FFmpeg can copy but not encode. */
final class BitmapSubtitle {
    private BitmapSubtitle() {}

    static void addTo(Path video, Path out, Path folder) {
        try {
            Path sup = Files.write(folder.resolve("pictures.sup"), display(90_000, 0x80));
            Programs.ffmpeg("-i", video, "-i", sup, "-map", "0:v", "-map", "1:s", "-c", "copy", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An epoch start without objects: presentation composition, then end of display set. */
    private static byte[] display(int pts, int state) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        segment(out, pts, 0x16, new byte[] {0, 48, 0, 40, 0x10, 0, 0, (byte) state, 0, 0, 0});
        segment(out, pts, 0x80, new byte[0]);
        return bytes.toByteArray();
    }

    private static void segment(DataOutputStream out, int pts, int type, byte[] body) throws IOException {
        out.writeBytes("PG");
        out.writeInt(pts);
        out.writeInt(0);
        out.writeByte(type);
        out.writeShort(body.length);
        out.write(body);
    }
}
