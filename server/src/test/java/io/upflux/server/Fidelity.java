package io.upflux.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.upflux.server.cli.Console;
import io.upflux.server.cli.UpfluxCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One clip, upscaled through the command line, beside its source, both read by ffprobe.
 *
 * @param frames decoded by ffprobe from the source and from the result
 * @param worstPtsMillis largest difference of a frame's time, each counted from its file's first frame
 * @param streams kinds and codecs of the result
 * @param notices what the run said: warnings and conversions
 * @param differences what should be equal and is not
 */
record Fidelity(
        int exitCode,
        String frames,
        double worstPtsMillis,
        double offsetMillis,
        String streams,
        List<String> notices,
        List<String> differences) {
    /** Tags that describe the file rather than the content, and change with every writer. */
    private static final Set<String> WRITER_TAGS = Set.of(
            "encoder",
            "major_brand",
            "minor_version",
            "compatible_brands",
            "creation_time",
            "handler_name",
            "vendor_id",
            "duration",
            "bps",
            "number_of_frames",
            "number_of_bytes",
            "_statistics_writing_app",
            "_statistics_writing_date_utc",
            "_statistics_tags",
            "bps-eng",
            "duration-eng",
            "number_of_frames-eng",
            "number_of_bytes-eng",
            "_statistics_writing_app-eng",
            "_statistics_writing_date_utc-eng",
            "_statistics_tags-eng");

    static Fidelity measure(Path clip, Path folder) throws IOException {
        Path output = folder.resolve(clip.getFileName() + container(clip));
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int code;
        try (PrintStream text = new PrintStream(said, true, StandardCharsets.UTF_8);
                PrintStream none =
                        new PrintStream(ByteArrayOutputStream.nullOutputStream(), true, StandardCharsets.UTF_8)) {
            code = UpfluxCommand.execute(
                    new Console(none, text, false),
                    "upscale",
                    clip.toString(),
                    "-o",
                    output.toString(),
                    "-n",
                    "bicubic-x2",
                    "--no-progress");
        }
        List<String> notices = said.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        notices = notices.stream()
                .map(line -> told(line, clip, folder))
                .filter(line -> !line.isEmpty())
                .toList();
        JsonNode before = Ffprobe.read(clip);
        if (before.path("frames").isEmpty()) {
            List<String> wrong = new ArrayList<>();
            check(wrong, code == 1, "no frame to decode, but exit code " + code);
            check(wrong, notices.size() == 1, "no frame to decode, but not one line was said: " + notices);
            check(wrong, !Files.exists(output), "no frame to decode, but there is an output");
            return new Fidelity(code, "0", 0, 0, "-", notices, wrong);
        }
        if (code != 0) {
            return new Fidelity(code, "-", 0, 0, "-", notices, List.of("exit code " + code + " " + notices));
        }
        Fidelity result = compare(before, Ffprobe.read(output), notices);
        Files.delete(output);
        return result;
    }

    /** A line without the folders of this run; nothing for the summary. */
    private static String told(String line, Path clip, Path folder) {
        return line.contains(" -> ") && line.contains(folder.toString())
                ? ""
                : line.replace(clip.getParent() + "/", "").replace(folder + "/", "");
    }

    /** The containers people ask for: MP4 stays MP4, the rest becomes Matroska, which holds everything. */
    private static String container(Path clip) {
        String name = clip.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".mp4")
                ? ".mp4"
                : name.endsWith(".mov") ? ".mov" : name.endsWith(".webm") ? ".webm" : ".mkv";
    }

    private static Fidelity compare(JsonNode before, JsonNode after, List<String> notices) {
        List<String> wrong = new ArrayList<>();
        JsonNode b = upscaled(before, after);
        JsonNode a = original(before, b);
        List<Double> in = Ffprobe.frames(before, a);
        List<Double> out = Ffprobe.frames(after, b);
        check(wrong, in.size() == out.size(), "frames " + in.size() + " -> " + out.size());
        double tick = Math.max(Ffprobe.tick(a), Ffprobe.tick(b));
        double worst = 0;
        for (int i = 0; i < Math.min(in.size(), out.size()); i++) {
            double moved = Math.abs((out.get(i) - out.get(0)) - (in.get(i) - in.get(0)));
            // Elementary streams, and some AVI frames, have no time of their own.
            worst = Double.isNaN(moved) ? worst : Math.max(worst, moved);
        }
        check(wrong, worst <= 1.01 * tick, "a frame moved by " + worst + " s");
        double offset = out.isEmpty() || in.isEmpty()
                ? Double.NaN
                : (Ffprobe.soundStart(after) - out.get(0)) - (Ffprobe.soundStart(before) - in.get(0));
        check(
                wrong,
                Double.isNaN(offset) || Math.abs(offset) <= 0.025,
                "sound starts " + offset + " s later against the picture");
        boolean rotated = Ffprobe.rotation(a) % 180 != 0 && Ffprobe.rotation(b) == 0;
        int width = rotated ? a.path("height").asInt() : a.path("width").asInt();
        check(
                wrong,
                b.path("width").asInt() == 2 * width,
                "width " + width + " -> " + b.path("width").asInt());
        check(wrong, rotated || Ffprobe.rotation(a) == Ffprobe.rotation(b), "rotation");
        check(
                wrong,
                Ffprobe.aspect(a) == Ffprobe.aspect(b),
                "sample aspect " + Ffprobe.aspect(a) + " -> " + Ffprobe.aspect(b));
        for (String key : List.of("color_range", "color_space", "color_transfer", "color_primaries")) {
            String was = a.path(key).asText("unknown");
            String is = b.path(key).asText("unknown");
            // Stating what was assumed is right: a larger picture would be read with another matrix.
            boolean stated = was.equals("unknown") || was.equals("gbr");
            check(wrong, stated || was.equals(is), key + " " + was + " -> " + is);
        }
        check(
                wrong,
                Ffprobe.sideData(a).equals(Ffprobe.sideData(b)),
                "side data " + Ffprobe.sideData(a) + " -> " + Ffprobe.sideData(b));
        check(wrong, before.path("chapters").size() == after.path("chapters").size(), "chapters");
        boolean cutOff = notices.stream().anyMatch(line -> line.contains("cut off"));
        double length = Ffprobe.duration(after) - Ffprobe.duration(before);
        check(
                wrong,
                Double.isNaN(length) || cutOff || Math.abs(length) <= Math.max(0.1, 0.02 * Ffprobe.duration(before)),
                "duration differs by " + length + " s");
        Set<String> kinds = new TreeSet<>();
        for (JsonNode stream : after.path("streams")) {
            kinds.add(stream.path("codec_name").asText(stream.path("codec_type").asText()));
        }
        int lost = before.path("streams").size() - after.path("streams").size();
        check(
                wrong,
                lost == 0 || notices.stream().anyMatch(line -> line.contains("dropped")),
                lost + " stream(s) lost without a word");
        lostTags(before.path("format").path("tags"), after.path("format").path("tags"), wrong);
        return new Fidelity(
                0,
                in.size() + " / " + out.size(),
                worst * 1000,
                Double.isNaN(offset) ? 0 : offset * 1000,
                String.join(", ", kinds),
                notices,
                wrong);
    }

    /** The stream of the result that is twice as large as one of the source. */
    private static JsonNode upscaled(JsonNode before, JsonNode after) {
        for (JsonNode video : Ffprobe.videos(after)) {
            if (!original(before, video).isMissingNode()) {
                return video;
            }
        }
        return MissingNode.getInstance();
    }

    private static JsonNode original(JsonNode before, JsonNode upscaled) {
        int width = upscaled.path("width").asInt();
        int height = upscaled.path("height").asInt();
        for (JsonNode video : Ffprobe.videos(before)) {
            int w = 2 * video.path("width").asInt();
            int h = 2 * video.path("height").asInt();
            if ((w == width && h == height) || (w == height && h == width)) {
                return video;
            }
        }
        return MissingNode.getInstance();
    }

    private static void lostTags(JsonNode before, JsonNode after, List<String> wrong) {
        before.fieldNames().forEachRemaining(name -> {
            if (WRITER_TAGS.contains(name.toLowerCase(Locale.ROOT))) {
                return;
            }
            boolean kept = false;
            for (var names = after.fieldNames(); names.hasNext(); ) {
                String other = names.next();
                kept |= other.equalsIgnoreCase(name)
                        && sameText(
                                name,
                                before.path(name).asText(),
                                after.path(other).asText());
            }
            check(wrong, kept, "tag " + name);
        });
    }

    /** MP4 keeps places as binary fractions of a degree, so their last digits change. */
    private static boolean sameText(String name, String before, String after) {
        if (!name.startsWith("location")) {
            return Objects.equals(before, after);
        }
        double[] a = Stream.of(before.split("(?=[+-])"))
                .mapToDouble(Fidelity::number)
                .toArray();
        double[] b =
                Stream.of(after.split("(?=[+-])")).mapToDouble(Fidelity::number).toArray();
        return a.length == b.length && IntStream.range(0, a.length).allMatch(i -> Math.abs(a[i] - b[i]) < 1e-3);
    }

    private static double number(String text) {
        return Double.parseDouble(text.replace("/", ""));
    }

    private static void check(List<String> wrong, boolean right, String difference) {
        if (!right) {
            wrong.add(difference);
        }
    }
}
