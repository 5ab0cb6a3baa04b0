package io.upflux.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.models.Catalogue;
import io.upflux.models.sharing.OpenModels;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.ServerConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Live streams that are enlarged by the same network. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class SharedNetworkTest {
    @Test
    void streamsUseOneNetworkAndGoTheirOwnWays(@TempDir Path folder) throws InterruptedException {
        Path clip = folder.resolve("clip.mp4");
        FfmpegPrograms.ffmpeg(
                "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=10", "-t", "2", "-c:v", "libopenh264", clip.toString());
        ServerConfig config = ConfigFile.parse("test", """
                streamDefaults: {model: plain-s-int8-x2, device: cpu, governor: false}
                streams:
                  one: {source: %1$s}
                  other: {source: %1$s, reuse: exact}
                  governed: {source: %1$s, governor: true, model: plain-m-x2}
                """.formatted(clip), Map.of());
        OpenModels models = new OpenModels(Catalogue.standard());
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (LiveStreams streams = new LiveStreams(config, models)) {
            streams.bindTo(registry);
            streams.start();
            until(() ->
                    streams.all().stream().allMatch(stream -> stream.status().framesOut() > 15));
            // The lighter rung of the one that is governed is the network of the two others.
            assertThat(models.networks()).isEqualTo(3);
            assertThat(models.users()).isEqualTo(5);
            assertThat(gauge(registry, "upflux.shared.networks")).isEqualTo(3);
            assertThat(gauge(registry, "upflux.shared.users")).isEqualTo(5);
            assertThat(models.calls()).isGreaterThan(30).isGreaterThanOrEqualTo(models.runs());

            assertThat(streams.remove("one")).isTrue();
            assertThat(models.users()).isEqualTo(4);
            LiveStream other = streams.find("other").orElseThrow();
            long shown = other.status().framesOut();
            until(() -> other.status().framesOut() > shown + 10);
            assertThat(other.status().error()).isNull();
            assertThat(other.status().state()).isEqualTo(StreamState.LIVE);
        }
        assertThat(models.networks()).isZero();
        assertThat(models.users()).isZero();
        assertThat(models.waiting()).isZero();
    }

    private static double gauge(SimpleMeterRegistry registry, String name) {
        return registry.get(name).gauge().value();
    }

    private static void until(BooleanSupplier what) throws InterruptedException {
        while (!what.getAsBoolean()) {
            Thread.sleep(20);
        }
    }
}
