package io.upflux.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.FfmpegPrograms;
import io.upflux.codecs.Fragment;
import io.upflux.governor.Rung;
import io.upflux.live.Step;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.pipeline.ForwardingResolver;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.StreamConfig;
import io.upflux.server.source.AllowedSources;
import io.upflux.server.source.SourceGuard;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams in which something fails that nobody outside has caused. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class StreamFaultTest {
    @TempDir
    Path folder;

    private final Map<String, FragmentWindow> windows = new HashMap<>();
    private volatile boolean broken = true;
    private Path clip;

    @BeforeEach
    void draw() {
        clip = folder.resolve("clip.mp4");
        FfmpegPrograms.ffmpeg(
                "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25", "-t", "2", "-c:v", "libopenh264", clip.toString());
    }

    /** Whatever a rendition's fragments go to is a part of it, as its encoder and its containers are. */
    @Test
    void aRenditionThatFailsIsBegunAgainAndNobodyElseNotices() {
        try (LiveStream live =
                stream("renditions: [{name: small, height: 64}, {name: tiny, height: 32}]", this::ladder)) {
            failing(window("small"));
            live.start();
            until(() -> live.failure("small").isPresent());
            assertThat(live.failure("small")).hasValue("planted");
            assertThat(live.present()).containsExactly("tiny");
            long main = live.window().view().nextPart();
            long tiny = window("tiny").view().nextPart();
            until(() -> live.window().view().nextPart() > main + 3);
            until(() -> window("tiny").view().nextPart() > tiny + 3);
            assertThat(live.status().error()).isNull();
            assertThat(live.failure("tiny")).isEmpty();
            broken = false;
            long small = window("small").view().nextPart();
            until(() -> window("small").view().nextPart() > small + 3);
            assertThat(live.failure("small")).isEmpty();
            assertThat(live.present()).containsExactlyInAnyOrder("small", "tiny");
            assertThat(live.counters().failuresOf("small")).isPositive();
            assertThat(live.counters().failuresOf("tiny")).isZero();
            assertThat(live.counters().sessions())
                    .as("times the source was opened")
                    .isEqualTo(1);
        }
    }

    @Test
    void aRenditionWhoseEncoderDoesNotOpenLeavesTheOthersAlone() {
        try (LiveStream live = stream("renditions: [{name: odd, encoderOptions: {colour: red}}]", this::ladder)) {
            live.start();
            until(() -> live.window().view().nextPart() > 5);
            assertThat(live.failure("odd"))
                    .hasValueSatisfying(line -> assertThat(line).contains("has no option colour"));
            assertThat(live.present()).isEmpty();
            assertThat(live.counters().sessions()).isEqualTo(1);
        }
    }

    @Test
    void aStreamWhoseOwnOutputFailsIsOpenedAgain() {
        try (LiveStream live = stream("sound: none", this::ladder)) {
            failing(live.window());
            live.start();
            until(() -> "planted".equals(live.status().error()));
            until(() -> live.counters().sessions() > 1);
            broken = false;
            goesOn(live);
        }
    }

    @Test
    void anEncoderThatDoesNotOpenIsTheErrorOfItsStream() {
        try (LiveStream live = stream("encoderOptions: {colour: red}", this::ladder)) {
            live.start();
            until(() -> live.status().state() == StreamState.WAITING);
            assertThat(live.status().error()).contains("has no option colour");
        }
    }

    /** The second is one that Reactor's operators do not tell. */
    @ParameterizedTest
    @ValueSource(classes = {AssertionError.class, StackOverflowError.class, IllegalStateException.class})
    void errorsOfTheMachineAreShownAndTheStreamIsOpenedAgain(Class<? extends Throwable> kind) {
        try (LiveStream live = stream("reuse: off", config -> ladder(new Failing(open(), kind)))) {
            live.start();
            until(() -> live.status().error() != null);
            assertThat(live.status().error()).isEqualTo("an error of the program; the log says more");
            until(() -> live.counters().sessions() > 1);
            broken = false;
            goesOn(live);
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {OutOfMemoryError.class, StreamException.class})
    void aModelThatCannotBeOpenedIsTriedAgain(Class<? extends Throwable> kind) {
        try (LiveStream live = stream("reuse: off", config -> {
            if (broken) {
                plant(kind);
            }
            return ladder(config);
        })) {
            live.start();
            until(() -> live.status().state() == StreamState.FAILED);
            assertThat(live.status().error())
                    .isEqualTo(
                            kind == StreamException.class ? "planted" : "an error of the program; the log says more");
            broken = false;
            goesOn(live);
        }
    }

    @Test
    void betweenTriesThereAreLongerAndLongerPausesWhoeverWatches() throws InterruptedException {
        AtomicInteger tries = new AtomicInteger();
        try (LiveStream live = stream("onDemand: true", config -> {
            tries.incrementAndGet();
            throw new StreamException("planted");
        })) {
            live.start();
            until(() -> live.status().state() == StreamState.FAILED);
            Thread.sleep(1000);
            assertThat(tries.get()).isBetween(2, 4);
        }
    }

    private FragmentWindow window(String rendition) {
        return Objects.requireNonNull(windows.get(rendition));
    }

    private void goesOn(LiveStream live) {
        long before = live.window().view().nextPart();
        until(() -> live.window().view().nextPart() > before + 3);
        until(() -> live.status().state() == StreamState.LIVE && live.status().error() == null);
    }

    private LiveStream stream(String keys, java.util.function.Function<StreamConfig, Ladder> opener) {
        String yaml = "streams: {cam: {source: %s, model: bicubic-x2, device: cpu, segment: 1s, part: 200ms, %s}}"
                .formatted(clip, keys);
        StreamConfig config = ConfigFile.parse("test", yaml, Map.of()).streams().get(0);
        return new LiveStream(
                config,
                new SourceGuard(AllowedSources.NONE),
                opener,
                name -> windows.computeIfAbsent(name, fresh -> new FragmentWindow(4, 0)));
    }

    private Ladder ladder(StreamConfig config) {
        return ladder(open());
    }

    private static Ladder ladder(SuperResolver resolver) {
        return new Ladder(
                List.of(new Step(new Rung("full", "bicubic-x2", 0, 1, 1, 0, false), resolver)), List.of(resolver));
    }

    private static SuperResolver open() {
        Catalogue catalogue = Catalogue.standard();
        return catalogue.open(catalogue.find("bicubic-x2", null), Device.CPU);
    }

    /** Has the third fragment from then on, and all that follow, fail whoever adds them. */
    private void failing(FragmentWindow window) {
        int[] count = new int[1];
        new Viewer(window, Long.MAX_VALUE, (Fragment fragment) -> size(fragment, count), () -> true)
                .fragments()
                .subscribe();
    }

    private int size(Fragment fragment, int[] count) {
        if (broken && count[0]++ > 2) {
            throw new StreamException("planted");
        }
        return fragment.mp4().remaining();
    }

    private static void plant(Class<? extends Throwable> kind) {
        if (kind == StreamException.class) {
            throw new StreamException("planted");
        } else if (kind == IllegalStateException.class) {
            throw new IllegalStateException("planted");
        } else if (kind == AssertionError.class) {
            throw new AssertionError("planted");
        } else if (kind == OutOfMemoryError.class) {
            throw new OutOfMemoryError("planted");
        }
        throw new StackOverflowError("planted");
    }

    private static void until(BooleanSupplier what) {
        while (!what.getAsBoolean()) {
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private final class Failing extends ForwardingResolver {
        private final Class<? extends Throwable> kind;

        Failing(SuperResolver resolver, Class<? extends Throwable> kind) {
            super(resolver);
            this.kind = kind;
        }

        @Override
        public void upscale(List<Stroke> strokes) {
            if (broken) {
                plant(kind);
            }
            super.upscale(strokes);
        }
    }
}
