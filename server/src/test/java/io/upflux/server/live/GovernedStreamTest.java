package io.upflux.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.codecs.FfmpegPrograms;
import io.upflux.governor.Rung;
import io.upflux.live.Step;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.sharing.OpenModels;
import io.upflux.pipeline.ForwardingResolver;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.config.StreamConfig;
import io.upflux.server.source.AllowedSources;
import io.upflux.server.source.SourceGuard;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Live streams whose network is too slow for them, in real time. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class GovernedStreamTest {
    /** Longer than the time between frames. */
    private static final long TOO_LONG_MILLIS = 150;

    @TempDir
    Path folder;

    private StreamConfig stream;
    private volatile boolean slow = true;

    @BeforeEach
    void draw() {
        Path clip = folder.resolve("clip.mp4");
        FfmpegPrograms.ffmpeg(
                "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25", "-t", "2", "-c:v", "libopenh264", clip.toString());
        stream = config("cam", "source: %s, model: bicubic-x2, device: cpu, reuse: off".formatted(clip));
    }

    @Test
    void aNetworkThatIsTooSlowGivesWayToALighterOneAndComesBack() {
        try (LiveStream live = new LiveStream(
                stream, new SourceGuard(AllowedSources.NONE), config -> ladder(), name -> new FragmentWindow(4, 0))) {
            live.start();
            until(() -> rung(live) == 1);
            until(() -> live.status().framesOut() > 100);
            assertThat(live.status().framesDropped())
                    .as("frames that were dropped while it was too slow")
                    .isLessThan(live.status().framesIn() / 2);
            assertThat(live.counters().rungs().orElseThrow().frames("resize")).isGreaterThan(50);
            slow = false;
            until(() -> rung(live) == 0);
            assertThat(live.counters().rungs().orElseThrow().moves()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void aLadderHoldsWhatTheModelAndReuseAllow() {
        Catalogue catalogue = Catalogue.standard();
        assertThat(rungs(catalogue, "model: plain-m-x2"))
                .containsExactly("full", "tolerance", "int8", "lighter", "resize", "drop");
        assertThat(rungs(catalogue, "model: plain-s-x2, reuse: exact"))
                .containsExactly("full", "int8", "resize", "drop");
        assertThat(rungs(catalogue, "model: plain-m-int8-x2, reuse: exact"))
                .containsExactly("full", "lighter", "resize", "drop");
        assertThat(rungs(catalogue, "model: adaformer-s-x2, reuse: off"))
                .containsExactly("full", "halting", "lighter", "resize", "drop");
        assertThat(rungs(catalogue, "model: adaformer-s-x2, reuse: off, halting: 0.9"))
                .as("it halts as early already")
                .containsExactly("full", "lighter", "resize", "drop");
        assertThat(rungs(catalogue, "model: bicubic-x3")).containsExactly("full", "drop");
        assertThat(rungs(catalogue, "model: plain-m-x2, governor: false")).containsExactly("full");
    }

    @Test
    void whatCannotHaltIsSaid() {
        Catalogue catalogue = Catalogue.standard();
        assertThatThrownBy(() -> rungs(catalogue, "model: plain-m-x2, halting: 0.95"))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("model plain-m-x2 cannot halt early; models that can: adaformer-s-x2, ");
        assertThatThrownBy(() -> rungs(catalogue, "model: adaformer-s-x2, halting: 99"))
                .isInstanceOf(StreamException.class)
                .hasMessageMatching("halting: adaformer-s-x2 has \\d+ blocks, so a threshold must be less than .*");
    }

    @Test
    void aStreamIsEnlargedByWhatWasTrainedOnCompressedVideoUnlessTold() {
        try (Ladder ladder =
                Ladder.open(new OpenModels(Catalogue.standard()), config("cam", "source: x, device: cpu"))) {
            assertThat(ladder.best().traits().name()).isEqualTo("plain-s-stream-x2");
        }
    }

    @Test
    void aStreamGivesWayToItsOwnKind() {
        Catalogue catalogue = Catalogue.standard();
        assertThat(models(catalogue, "model: plain-m-stream-x2, reuse: exact"))
                .containsExactly(
                        "plain-m-stream-x2", "plain-m-stream-int8-x2", "plain-s-stream-int8-x2", "bicubic-x2", "");
        assertThat(models(catalogue, "model: plain-m-x4, reuse: exact"))
                .containsExactly("plain-m-x4", "plain-m-int8-x4", "plain-s-int8-x4", "bicubic-x4", "");
    }

    private List<String> models(Catalogue catalogue, String keys) {
        try (Ladder ladder = Ladder.open(new OpenModels(catalogue), config("cam", "source: x, device: cpu, " + keys))) {
            return ladder.steps().stream().map(step -> step.rung().model()).toList();
        }
    }

    private List<String> rungs(Catalogue catalogue, String keys) {
        try (Ladder ladder = Ladder.open(new OpenModels(catalogue), config("cam", "source: x, device: cpu, " + keys))) {
            return ladder.steps().stream().map(step -> step.rung().name()).toList();
        }
    }

    private static StreamConfig config(String name, String keys) {
        ServerConfig config = ConfigFile.parse("test", "streams: {%s: {%s}}".formatted(name, keys), Map.of());
        return config.streams().get(0);
    }

    private static int rung(LiveStream live) {
        RungStatus rung = live.status().rung();
        return rung == null ? -1 : rung.index();
    }

    private static void until(BooleanSupplier what) {
        while (!what.getAsBoolean()) {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private Ladder ladder() {
        Catalogue catalogue = Catalogue.standard();
        SuperResolver slowed = new Slowed(open(catalogue));
        SuperResolver resizer = open(catalogue);
        return new Ladder(
                List.of(
                        new Step(new Rung("full", "slowed", 0, 1, 1, 0, false), slowed),
                        new Step(new Rung("resize", "bicubic-x2", 0, 1, 0.1, 3, false), resizer),
                        new Step(Rung.dropping(), null)),
                List.of(slowed, resizer));
    }

    private static SuperResolver open(Catalogue catalogue) {
        return catalogue.open(catalogue.find("bicubic-x2", null), Device.CPU);
    }

    private final class Slowed extends ForwardingResolver {
        Slowed(SuperResolver resolver) {
            super(resolver);
        }

        @Override
        public void upscale(List<Stroke> strokes) {
            if (slow) {
                try {
                    Thread.sleep(TOO_LONG_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            super.upscale(strokes);
        }
    }
}
