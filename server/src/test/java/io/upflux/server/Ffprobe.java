package io.upflux.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.codecs.FfmpegPrograms;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What ffprobe says of a file. */
final class Ffprobe {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Ffprobe() {}

    /** Format, streams, chapters, and the time of every frame of every video stream. */
    static JsonNode read(Path file) throws IOException {
        String all = FfmpegPrograms.ffprobe(
                "-v", "quiet", "-of", "json", "-show_format", "-show_streams", "-show_chapters", file.toString());
        String frames = FfmpegPrograms.ffprobe(
                "-v",
                "quiet",
                "-of",
                "json",
                "-select_streams",
                "V",
                "-show_entries",
                "frame=stream_index,best_effort_timestamp_time",
                file.toString());
        ObjectNode probe = (ObjectNode) JSON.readTree(all);
        probe.set("frames", JSON.readTree(frames).path("frames"));
        return probe;
    }

    /** Times of the frames of one stream, in seconds. */
    static List<Double> frames(JsonNode probe, JsonNode stream) {
        List<Double> times = new ArrayList<>();
        for (JsonNode frame : probe.path("frames")) {
            if (frame.path("stream_index").asInt() == stream.path("index").asInt(-1)) {
                times.add(frame.path("best_effort_timestamp_time").asDouble(Double.NaN));
            }
        }
        return times;
    }

    /** Video streams that are no cover pictures. */
    static List<JsonNode> videos(JsonNode probe) {
        List<JsonNode> videos = new ArrayList<>();
        for (JsonNode stream : probe.path("streams")) {
            boolean cover = stream.path("disposition").path("attached_pic").asInt() == 1;
            if (!cover && stream.path("codec_type").asText().equals("video")) {
                videos.add(stream);
            }
        }
        return videos;
    }

    /** Start of the first sound stream, in seconds; not a number without sound. */
    static double soundStart(JsonNode probe) {
        for (JsonNode stream : probe.path("streams")) {
            if (stream.path("codec_type").asText().equals("audio")) {
                return stream.path("start_time").asDouble(Double.NaN);
            }
        }
        return Double.NaN;
    }

    /** Seconds a tick. */
    static double tick(JsonNode stream) {
        String[] base = stream.path("time_base").asText("1/1000").split("/", 2);
        return Double.parseDouble(base[0]) / Double.parseDouble(base[1]);
    }

    /** Degrees counter-clockwise that players turn the picture. */
    static int rotation(JsonNode stream) {
        for (JsonNode data : stream.path("side_data_list")) {
            if (data.has("rotation")) {
                return Math.floorMod(data.path("rotation").asInt(), 360);
            }
        }
        return 0;
    }

    /** Sample aspect ratio; 1 when not stated. */
    static double aspect(JsonNode stream) {
        String[] parts = stream.path("sample_aspect_ratio").asText("1:1").split(":", 2);
        double num = Double.parseDouble(parts[0]);
        double den = Double.parseDouble(parts[1]);
        return num == 0 || den == 0 ? 1 : num / den;
    }

    /** Kinds of side data that describe the picture. */
    static Set<String> sideData(JsonNode stream) {
        Set<String> kinds = new TreeSet<>();
        for (JsonNode data : stream.path("side_data_list")) {
            String kind = data.path("side_data_type").asText();
            if (kind.startsWith("Mastering") || kind.startsWith("Content light")) {
                kinds.add(kind);
            }
        }
        return kinds;
    }

    static double duration(JsonNode probe) {
        return probe.path("format").path("duration").asDouble(Double.NaN);
    }
}
