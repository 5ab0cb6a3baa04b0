package io.upflux.server.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.pipeline.ForwardingResolver;
import io.upflux.pipeline.PictureMemory;
import io.upflux.pipeline.SuperResolver;
import io.upflux.reuse.ReuseMode;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeviceBenchTest {
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final DeviceBench bench = new DeviceBench(32, 16, 0.1);

    @Test
    void streamsFindTheNetworkWarm() {
        DeviceBench.Streamed streamed = bench.streams(this::open, 2, 100, () -> {
            assertThat(calls).contains("upscale");
            calls.clear();
        });
        assertThat(calls).contains("upscale");
        assertThat(streamed.fps()).isPositive();
    }

    @Test
    void theChainThatIsMeasuredIsTheOneThatWasWarmedUp() {
        try (SuperResolver resolver = open()) {
            double fps = bench.chain(resolver, ReuseMode.EXACT, true, 1, () -> calls.add("begins"));
            assertThat(fps).isPositive();
        }
        assertThat(calls.subList(0, calls.indexOf("begins"))).contains("upscale");
        assertThat(calls).containsOnlyOnce("newMemory");
    }

    @Test
    void framesThatComeTogetherCountTogether() {
        Lap lap = new Lap(2, () -> calls.add("begins"));
        for (int i = 0; i < 100; i++) {
            assertThat(calls.isEmpty()).isEqualTo(i < 2);
            // In fours, ten milliseconds each.
            lap.frame(TimeUnit.MILLISECONDS.toNanos(40 * (i / 4)) + i % 4);
        }
        assertThat(lap.fps()).isCloseTo(100, within(1e-3));
    }

    private SuperResolver open() {
        Catalogue catalogue = Catalogue.standard();
        return new Told(catalogue.open(catalogue.find("plain-m-x2", null), Device.parse("cpu")));
    }

    /** Tells what it is asked for. */
    private final class Told extends ForwardingResolver {
        Told(SuperResolver to) {
            super(to);
        }

        @Override
        public void upscale(List<Stroke> strokes) {
            calls.add("upscale");
            super.upscale(strokes);
        }

        @Override
        public PictureMemory newMemory(int frameWidth, int frameHeight) {
            calls.add("newMemory");
            return super.newMemory(frameWidth, frameHeight);
        }
    }
}
