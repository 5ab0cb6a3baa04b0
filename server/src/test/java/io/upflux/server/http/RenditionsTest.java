package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.FfmpegPrograms;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream in several renditions, one of which is not for its source. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RenditionsTest {
    @TempDir
    static Path folder;

    private static TestServer server;

    @BeforeAll
    static void start() throws InterruptedException {
        String line = """
                  many:
                    source: '%s'
                    renditions:
                      - {name: small, height: 90, crf: 35, when: {maxHeight: 90}}
                      - {name: tiny, height: 46}
                      - {name: huge, height: 360, when: {minHeight: 91}}
                """.formatted(folder.resolve("clip.mp4"));
        server = new TestServer(folder, line);
        server.get("/live/many/index.m3u8");
        // Players want a whole segment to begin with.
        while (!server.get("/live/many/small/media.m3u8").body().contains("#EXTINF")) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void theMainPlaylistListsThoseForTheSource() {
        assertThat(HlsCheck.main(server.get("/live/many/index.m3u8").body()))
                .containsOnlyKeys("media.m3u8", "small/media.m3u8", "tiny/media.m3u8");
        assertThat(server.get("/live/many/index.m3u8").body())
                .containsSubsequence(
                        "RESOLUTION=320x180", "\nmedia.m3u8\n",
                        "RESOLUTION=160x90", "\nsmall/media.m3u8\n",
                        "RESOLUTION=82x46", "\ntiny/media.m3u8\n")
                .doesNotContain("huge");
        assertThat(server.get("/api/v1/streams/many").body())
                .contains("\"small\":{")
                .contains("\"huge\":{}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/live/many/small/media.m3u8", "/live/many/small.ts", "/live/many/small.mp4"})
    void eachHasItsOwnSizeAndAllHaveTheSound(String path) {
        assertThat(FfmpegPrograms.ffprobe(
                        "-v",
                        "error",
                        "-show_entries",
                        "stream=codec_name,width,height,sample_rate",
                        "-of",
                        "csv=p=0",
                        server.url(path)))
                .contains("h264,160,90")
                .contains("aac,48000");
    }

    @Test
    void whatTheirEncodersLeaveOutIsCounted() {
        assertThat(server.get("/metrics").body().lines())
                .filteredOn(line -> line.startsWith("upflux_stream_rendition_skipped_frames_total{"))
                .hasSize(3)
                .anyMatch(line -> line.contains("rendition=\"small\"") && line.contains("stream=\"many\""));
    }

    @Test
    void playlistsOfRenditionsKeepTheRules() {
        HlsCheck before = new HlsCheck(server.get("/live/many/tiny/media.m3u8").body());
        for (int i = 0; i < 4; i++) {
            HlsCheck next = new HlsCheck(server.get("/live/many/tiny/media.m3u8?_HLS_msn=" + before.openNumber()
                            + "&_HLS_part=" + before.openParts)
                    .body());
            before.precedes(next);
            assertThat(server.bytes("/live/many/tiny/" + before.hint).statusCode())
                    .isEqualTo(200);
            before = next;
        }
    }

    /** With what is told of another playlist a player asks for its next part at once (6.3.7). */
    @ParameterizedTest
    @CsvSource({"many, small/media.m3u8, tiny/media.m3u8", "many/tiny, ../media.m3u8, ../small/media.m3u8"})
    void eachPlaylistTellsHowFarTheOthersAre(String path, String one, String other) {
        server.get("/live/many/index.m3u8");
        HlsCheck list = new HlsCheck(server.get("/live/" + path + "/media.m3u8").body());
        assertThat(list.reports).containsOnlyKeys(one, other);
        list.reports.forEach((uri, last) -> {
            String[] numbers = last.split("\\.");
            String address = URI.create("/live/" + path + "/").resolve(uri) + "?_HLS_msn=" + numbers[0] + "&_HLS_part="
                    + numbers[1];
            HlsCheck there = new HlsCheck(server.get(address).body());
            assertThat(there.openNumber()).isGreaterThanOrEqualTo(Long.parseLong(numbers[0]));
        });
    }

    @Test
    void whatThereIsNotIsSaid() {
        assertThat(server.get("/live/many/none/media.m3u8").body()).contains("stream many has no rendition none");
        assertThat(server.get("/live/clip/small.ts").statusCode()).isEqualTo(404);
    }
}
