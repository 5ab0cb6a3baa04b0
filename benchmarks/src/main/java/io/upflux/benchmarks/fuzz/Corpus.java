package io.upflux.benchmarks.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;

/**
 * The files that damaged ones are made from.
 *
 * @param files small ones; which one a seed damages depends on their order. A network's has a folder of its own, with what
 *     belongs to it
 * @param clip to try networks on
 */
record Corpus(List<Path> files, Path clip) {
    private static final int LARGEST = 4 << 20;

    /** Seconds, which is two of the shortest segments. */
    private static final String LENGTH = "2";

    /**
     * Each a short clip or picture: name, and how FFmpeg makes it of a test picture, a tone and subtitles. Of the sound and
     * subtitles, each container has to convert some.
     */
    private static final List<String> MADE = List.of(
            "h264.mp4 -c:v h264 -c:a aac -g 4",
            "fragments.mp4 -c:v h264 -an -movflags frag_keyframe+empty_moov",
            "h264.ts -c:v h264 -c:a mp2",
            "mpeg4.mkv -c:v mpeg4 -c:a flac -bf 2",
            "vp8.webm -c:v libvpx -c:a libopus",
            "vp9.webm -c:v libvpx-vp9 -an -pix_fmt yuv444p",
            "alpha8.webm -c:v libvpx -an -auto-alt-ref 0 -g 2 -pix_fmt yuva420p",
            "alpha9.webm -c:v libvpx-vp9 -an -auto-alt-ref 0 -g 2 -pix_fmt yuva420p",
            "av1.mp4 -c:v libsvtav1 -an",
            "mpeg2.mpg -c:v mpeg2video -c:a mp2",
            "flv.flv -c:v flv -c:a mp3 -ar 44100",
            "mjpeg.avi -c:v mjpeg -c:a pcm_s16le",
            "prores.mov -c:v prores_ks -an",
            "ffv1.nut -c:v ffv1 -an",
            "still.png -frames:v 1 -an",
            "still.jpg -frames:v 1 -an",
            "still.webp -frames:v 1 -an",
            "still.tif -frames:v 1 -an",
            "moving.gif -an",
            "titled.mkv -c:v h264 -c:a aac -c:s ass",
            "subrip.mkv -c:v mpeg4 -bf 2 -c:a pcm_s16le -c:s subrip",
            "webvtt.webm -c:v libvpx -c:a vorbis -strict -2 -ac 2 -c:s webvtt",
            "text.mp4 -c:v mpeg4 -c:a ac3 -c:s mov_text",
            "wma.asf -c:v msmpeg4 -c:a wmav2",
            "adpcm.mov -c:v mjpeg -c:a adpcm_ima_qt");

    private static final String TEXT = "text.srt";

    private static final String SUBTITLES =
            "1\n00:00:00,000 --> 00:00:00,400\n<i>one</i>\n\n2\n00:00:00,300 --> 00:00:01,000\ntwo\n";

    /** A display set of a Blu-ray's subtitles (PGS), which FFmpeg does not encode: a composition without objects, and its end. */
    private static final String BITMAPS =
            "50470000232800000000" + "16000b" + "0040003010000080000000" + "50470000232800000000" + "800000";

    /** A list that names itself. */
    private static final String ROW = "ffconcat version 1.0\nfile self.ffconcat\nduration 1\nfile self.ffconcat\n";

    private static final String CONFIGURATION = """
            address: 127.0.0.1:8080
            segments: 7
            viewerBuffer: 8M
            tokens:
              family: {secret: at-least-16-characters, role: viewer}
            allowedSources: [https://*.example.org, rtsp://10.0.0.0/8:554]
            streamDefaults: {model: plain-s, device: auto}
            streams:
              cam:
                source: rtsp://192.0.2.7/stream
                latency: 500ms
                renditions:
                  - {name: small, height: 360, crf: 30}
                models:
                  - {model: plain-s-x2, when: {maxHeight: 360, maxRate: 15}}
            """;

    /**
     * Makes files of many kinds.
     *
     * @param folder to make them in
     * @param more files, or folders of them, to be used as well; those over 4 MiB are left out
     */
    static Corpus make(Path folder, List<Path> more) throws IOException, InterruptedException {
        List<Path> files = new ArrayList<>();
        write(folder.resolve(TEXT), SUBTITLES);
        for (String line : MADE) {
            String[] words = line.split(" ");
            Path file = folder.resolve(words[0]);
            if (encode(file, List.of(words).subList(1, words.length))) {
                files.add(file);
            }
        }
        files.add(write(folder.resolve("config.yml"), CONFIGURATION));
        files.add(write(folder.resolve("list.m3u8"), playlist(folder)));
        files.add(write(folder.resolve("self.m3u8"), master(folder)));
        files.add(write(folder.resolve("self.ffconcat"), ROW));
        files.add(write(folder.resolve("manifest.mpd"), manifest(folder)));
        Path sup = Files.write(folder.resolve("bitmaps.sup"), HexFormat.of().parseHex(BITMAPS));
        Path bitmaps = folder.resolve("bitmaps.mkv");
        String clip = folder.resolve("h264.mp4").toString();
        if (run(List.of(
                "-i", clip, "-i", sup.toString(), "-map", "0", "-map", "1", "-c", "copy", bitmaps.toString()))) {
            files.add(bitmaps);
        }
        Networks networks = new Networks(folder.resolve("networks"));
        files.addAll(networks.bundled());
        List<Path> others = new ArrayList<>(found(folder));
        for (Path path : more) {
            others.addAll(small(path));
        }
        for (Path file : others) {
            if (file.toString().endsWith(".onnx")) {
                files.addAll(networks.copied(file));
            } else {
                files.add(file);
            }
        }
        Path sound = folder.resolve("clip.mp4");
        clip(sound);
        return new Corpus(List.copyOf(files), sound);
    }

    /** Makes a clip with sound. */
    static void clip(Path file) throws IOException, InterruptedException {
        if (!encode(file, List.of("-c:v", "h264", "-c:a", "aac", "-g", "4"))) {
            throw new IOException("FFmpeg makes no clip");
        }
    }

    /** What was once not taken as it should be. */
    private static List<Path> found(Path folder) throws IOException {
        Path kept = Path.of(URI.create(
                Objects.requireNonNull(Corpus.class.getResource("found")).toString()));
        List<Path> files = new ArrayList<>();
        for (Path file : small(kept)) {
            Path copy = Files.copy(file, folder.resolve(String.valueOf(file.getFileName())));
            if (copy.toString().endsWith(".m3u8")) {
                Files.writeString(copy, Files.readString(copy).replace("{folder}", folder.toString()));
            }
            files.add(copy);
        }
        return files;
    }

    private static List<Path> small(Path path) throws IOException {
        try (Stream<Path> found = Files.walk(path)) {
            return found.filter(Files::isRegularFile)
                    .filter(Corpus::isSmall)
                    .sorted()
                    .toList();
        }
    }

    private static boolean isSmall(Path file) {
        try {
            return Files.size(file) <= LARGEST;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String playlist(Path folder) {
        return "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:2,\n"
                + folder.resolve("h264.ts") + "\n#EXT-X-ENDLIST\n";
    }

    /** One that names a list, and itself. */
    private static String master(Path folder) {
        return "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=100000\n" + folder.resolve("list.m3u8")
                + "\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"a\",URI=\"self.m3u8\"\n"
                + "#EXT-X-STREAM-INF:BANDWIDTH=200000,AUDIO=\"a\"\nself.m3u8\n".repeat(3);
    }

    private static String manifest(Path folder) {
        String representation = "<Representation id=\"v\" bandwidth=\"100000\"><BaseURL>"
                + folder.resolve("fragments.mp4") + "</BaseURL></Representation>\n";
        return "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\""
                + " mediaPresentationDuration=\"PT2S\" profiles=\"urn:mpeg:dash:profile:isoff-on-demand:2011\">\n"
                + "<Period duration=\"PT2S\">\n<AdaptationSet mimeType=\"video/mp4\">\n" + representation.repeat(3)
                + "</AdaptationSet>\n</Period>\n</MPD>\n";
    }

    private static Path write(Path file, String text) throws IOException {
        return Files.writeString(file, text, StandardCharsets.UTF_8);
    }

    private static boolean encode(Path file, List<String> how) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x48:rate=12:duration=" + LENGTH,
                "-f",
                "lavfi",
                "-i",
                "sine=duration=" + LENGTH));
        if (how.contains("-c:s")) {
            arguments.addAll(List.of("-i", file.resolveSibling(TEXT).toString()));
        }
        arguments.addAll(how);
        if (!how.contains("-pix_fmt") && !file.toString().endsWith(".gif")) {
            arguments.addAll(List.of("-pix_fmt", pixels(file)));
        }
        arguments.add(file.toString());
        return run(arguments);
    }

    private static String pixels(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.startsWith("prores") ? "yuv422p10" : name.matches("still.(png|tif)") ? "rgb24" : "yuv420p";
    }

    /** Whether FFmpeg has done it: builds differ in their encoders. */
    private static boolean run(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Loader.load(org.bytedeco.ffmpeg.ffmpeg.class), "-v", "quiet", "-nostdin", "-y"));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor() == 0;
    }

    /** Those alone whose names end so. */
    Corpus only(String suffix) {
        return new Corpus(
                files.stream().filter(file -> file.toString().endsWith(suffix)).toList(), clip);
    }

    /** Writes it down for another process. */
    Path listed(Path list) throws IOException {
        List<String> lines = new ArrayList<>(List.of(clip.toString()));
        files.forEach(file -> lines.add(file.toString()));
        return Files.write(list, lines, StandardCharsets.UTF_8);
    }

    /** What has been written down. */
    static Corpus of(Path list) throws IOException {
        List<Path> paths = Files.readAllLines(list, StandardCharsets.UTF_8).stream()
                .map(Path::of)
                .toList();
        return new Corpus(paths.subList(1, paths.size()), paths.get(0));
    }

    /** Whether a file is one of those made here, whose pictures are small. */
    boolean isMade(Path file) {
        return file.startsWith(String.valueOf(clip.getParent()));
    }

    /** The file that a seed damages; seeds below 0 are those of {@link #files}, the first -1. */
    Path original(long seed) {
        return files.get(seed < 0 ? (int) ~seed : new Random(seed).nextInt(files.size()));
    }

    /** A damaged file, or an original for a seed below 0. */
    byte[] input(long seed) throws IOException {
        Path original = original(seed);
        byte[] bytes = Files.readAllBytes(original);
        if (seed < 0) {
            return bytes;
        }
        Random random = new Random(~seed);
        Path other = files.get(random.nextInt(files.size()));
        if (original.toString().endsWith(".onnx") && random.nextInt(4) > 0) {
            return NetworkMutation.of(bytes, seed);
        }
        return Mutation.of(bytes, Files.readAllBytes(other), seed);
    }
}
