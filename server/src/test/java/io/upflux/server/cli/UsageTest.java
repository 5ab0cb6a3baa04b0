package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
    private final Streams streams = new Streams();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "| which command?",
                "upscal | did you mean upscale?",
                "upscale | Missing required",
                "upscale a.mp4 | --output",
                "upscale -o b.mp4 | INPUT",
                "upscale a.mp4 -o b.mp4 --bogus | --bogus",
                "upscale -i a.mp4 -o b.mp4 | -i'; inputs are named without an option",
                "upscale a.mp4 -o b.mp4 -g 1 | -g'; --device cuda:INDEX names a GPU",
                "upscale a.mp4 -o b.mp4 --width=1920 | --width=1920'; --height or -s",
                "upscale a.mp4 -o b.mp4 -s two | 'two' is not an int",
                "upscale a.mp4 -o b.mp4 -s 0 | --scale is 2, 3 or 4, not 0",
                "upscale a.mp4 -o b.mp4 --height -3 | --height must be 1 or more",
                "upscale a.mp4 -o b.mp4 -s 2 --height 720 | mutually exclusive",
                "upscale a.mp4 -o b.mp4 --crf 20 --bitrate 4M | mutually exclusive",
                "upscale a.mp4 -o b.mp4 --bitrate fast | 'fast' is no bit rate",
                "upscale a.mp4 -o b.mp4 --start later | 'later' is no time",
                "upscale a.mp4 -o b.mp4 -e preset | KEY=VALUE",
                "upscale a.mp4 -o b.mp4 --device tpu | tpu",
                "upscale a.mp4 -o b.mp4 --reuse much | 'much' is none of exact, near and off",
                "upscale a.mp4 -o b.mp4 --halting soon | 'soon' is neither off nor a threshold above 0",
                "eval --set folder --halting 0 | '0' is neither off nor a threshold above 0",
                "bench --halting NaN | 'NaN' is neither off nor a threshold above 0",
                "upscale a.mp4 -o b.mp4 --dump-halting maps | --dump-halting needs --halting T",
                "upscale a.mp4 -o b.mp4 --jobs 0 | --jobs is 1 to 256, not 0",
                "upscale a -o b --container PNG | --container is one of mp4, m4v, mov, mkv, webm, ts, mts, m2ts, not PNG",
                "upscale a.mp4 -o b.webm --container mkv | --container is for a folder as output; name the file as you want it",
                "upscale a.mp4 -o b.mp4 --segment 0.5 | --segment is 1s at least",
                "upscale a.mp4 -o b.mp4 --duration 0 | --duration must be more than 0",
                "upscale a.mp4 -o b.mp4 -n nosuch | no model is named 'nosuch'",
                "upscale a.mp4 -o b.mp4 -n plain-s-x2 -s 3 | plain-s",
                "bench -n nosuch | no model is named 'nosuch'",
                "upscale a.mp4 b.mp4 -o - | several inputs need a folder",
                "upscale - b.mp4 -o folder/ | standard input has no name",
            })
    void wrongUsageIsOneLineAndAHint(@Nullable String line, String expected) {
        Object[] args = line == null ? new Object[0] : line.split(" ");

        assertThat(streams.upflux(args)).isEqualTo(2);
        assertThat(streams.out()).isEmpty();
        assertThat(streams.err().lines()).hasSize(2);
        assertThat(streams.err()).startsWith("upflux: ").contains(expected).contains("Try 'upflux");
    }

    @Test
    void programsLearnOfWrongUsageToo() {
        assertThat(streams.upflux("upscale", "a.mp4", "--json", "-o", "b.mp4", "--bogus"))
                .isEqualTo(2);
        assertThat(streams.json()).singleElement().satisfies(event -> {
            assertThat(event.get("event").asText()).isEqualTo("error");
            assertThat(event.get("message").asText()).contains("--bogus");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "=-"})
    void nothingIsSaidWhereThePictureGoes(String standardOutput) {
        assertThat(streams.upflux("upscale", "a.mp4", "--json", "-o" + standardOutput, "--bogus"))
                .isEqualTo(2);
        assertThat(streams.out()).isEmpty();
        assertThat(streams.err()).contains("{\"event\":\"error\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--help", "upscale --help", "probe -h", "models --help", "eval -h", "bench -h", "doctor -h"})
    void helpGoesToStandardOutput(String line) {
        assertThat(streams.upflux((Object[]) line.split(" "))).isZero();
        assertThat(streams.out()).startsWith("Usage: upflux");
        assertThat(streams.err()).isEmpty();
    }

    @Test
    void versionIsTheBuilds() {
        assertThat(streams.upflux("--version")).isZero();
        assertThat(streams.out().trim()).matches("upflux \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
    }
}
