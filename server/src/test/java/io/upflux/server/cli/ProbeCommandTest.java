package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeCommandTest {
    private final Streams streams = new Streams();

    @TempDir
    private Path folder;

    @Test
    void aTreeForPrograms() {
        Path clip = TestMedia.write(folder.resolve("clip.mp4"), 64, 48, 5);
        assertThat(streams.upflux("probe", clip, "--json"))
                .describedAs(streams.err())
                .isZero();
        JsonNode info = streams.json().get(0);
        assertThat(info.get("location").asText()).isEqualTo(clip.toString());
        assertThat(info.get("durationSeconds").asDouble()).isEqualTo(0.2);
        JsonNode video = info.get("streams").get(0);
        assertThat(video.get("type").asText()).isEqualTo("video");
        assertThat(video.get("video").get("width").asInt()).isEqualTo(64);
        assertThat(video.has("audio")).isFalse();
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        Path clip = TestMedia.write(folder.resolve("clip.h264"), 64, 48, 5);
        assertThat(streams.upflux("probe", clip, "--json")).isZero();
        JsonNode info = streams.json().get(0);
        assertThat(info.has("bytes")).isTrue();
        for (JsonNode node : List.of(info, info.get("streams").get(0))) {
            assertThat(node.fieldNames()).toIterable().doesNotContain("durationSeconds", "bitRate", "frames");
        }
        assertThat(streams.upflux("probe", clip)).isZero();
        assertThat(streams.err()).contains(clip + ": h264, 0.0 MB\n");
    }

    @Test
    void aSummaryForPeople() {
        Path clip = TestMedia.write(folder.resolve("clip.mkv"), 64, 48, 5);
        assertThat(streams.upflux("probe", clip)).isZero();
        assertThat(streams.out()).isEmpty();
        assertThat(streams.err()).contains(clip + ": matroska", "#0 video", "64x48 yuv420p", " 25 fps");
    }

    @Test
    void aMissingFileIsOneLine() {
        assertThat(streams.upflux("probe", folder.resolve("x.mp4"))).isEqualTo(1);
        assertThat(streams.err().lines()).containsExactly("upflux: " + folder.resolve("x.mp4") + ": no such file");
    }
}
