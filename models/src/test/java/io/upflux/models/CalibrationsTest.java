package io.upflux.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.models.sharing.OpenModels;
import io.upflux.pipeline.CalibratedResolver;
import io.upflux.pipeline.Calibration;
import io.upflux.pipeline.SuperResolver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalibrationsTest {
    private final Catalogue catalogue = Catalogue.standard();

    @TempDir
    Path folder;

    private static Calibrations calibrations(Path folder) {
        AtomicLong steady = new AtomicLong();
        return new Calibrations(folder, () -> steady.addAndGet(1_000_000));
    }

    @Test
    void whatABusyMachineMeasuresIsNotKept() {
        ModelCard card = catalogue.find("plain-s-x2", null);
        AtomicLong calls = new AtomicLong();
        Calibrations calibrations =
                new Calibrations(folder, () -> (long) (1000 * Math.pow(1.1, calls.incrementAndGet())));
        try (SuperResolver resolver = catalogue.open(card, Device.CPU, 1)) {
            assertThat(calibrations.of(resolver, card, 1, true)).isPresent();
            assertThat(calibrations.size()).isZero();
        }
    }

    @Test
    void isMeasuredOnceAndKept() throws IOException {
        ModelCard card = catalogue.find("plain-s-x2", null);
        Calibrations calibrations = calibrations(folder.resolve("new"));
        try (SuperResolver resolver = catalogue.open(card, Device.CPU, 1)) {
            assertThat(calibrations.of(resolver, card, 1, false)).isEmpty();
            assertThat(calibrations.file()).doesNotExist();

            Calibration measured = calibrations.of(resolver, card, 1, true).orElseThrow();

            assertThat(measured.pixelSeconds()).isPositive();
            assertThat(measured.costs())
                    .hasSameSizeAs(resolver.cells(256, 256).orElseThrow().sides());
            assertThat(calibrations.size()).isEqualTo(1);
            assertThat(calibrations(folder.resolve("new")).of(resolver, card, 1, false))
                    .contains(measured);
            // With other threads other things are true.
            assertThat(calibrations.of(resolver, card, 2, false)).isEmpty();
            try (var files = Files.list(folder.resolve("new"))) {
                assertThat(files).containsExactly(calibrations.file());
            }
            assertThat(CalibratedResolver.of(resolver, measured)
                            .cells(256, 256)
                            .orElseThrow()
                            .pixelSeconds())
                    .isEqualTo(measured.pixelSeconds());
        }
    }

    /** Squares of two stages, and a network that has seen the whole picture. */
    @Test
    void networksInTwoStagesAreMeasuredToo() {
        ModelCard card = catalogue.find("adaformer-v-s-x2", null);
        try (SuperResolver resolver = catalogue.open(card, Device.CPU, 0, new Halting(0.95))) {
            assertThat(calibrations(folder).of(resolver, card, 0, true)).isPresent();
        }
    }

    @Test
    void resizersAreNotMeasured() {
        ModelCard card = catalogue.find("bicubic-x2", null);
        try (SuperResolver resolver = catalogue.open(card, Device.CPU)) {
            assertThat(calibrations(folder).of(resolver, card, 0, true)).isEmpty();
        }
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1]", "{\"version\":1,\"models\":7}", "{\"version\":99,\"models\":{}}"})
    void aFileOfGarbageIsReplaced(String text) throws IOException {
        Calibrations calibrations = calibrations(folder);
        Files.writeString(calibrations.file(), text);
        ModelCard card = catalogue.find("plain-s-x2", null);
        try (SuperResolver resolver = catalogue.open(card, Device.CPU, 1)) {
            assertThat(calibrations.size()).isZero();
            Calibration measured = calibrations.of(resolver, card, 1, true).orElseThrow();
            assertThat(calibrations.of(resolver, card, 1, false)).contains(measured);
        }
    }

    @Test
    void whereNothingCanBeWrittenItIsMeasuredAllTheSame() throws IOException {
        Path taken = Files.writeString(folder.resolve("file"), "");
        Calibrations calibrations = calibrations(taken);
        ModelCard card = catalogue.find("plain-s-x2", null);
        try (SuperResolver resolver = catalogue.open(card, Device.CPU, 1)) {
            assertThat(calibrations.of(resolver, card, 1, true)).isPresent();
            assertThat(calibrations.size()).isZero();
        }
    }

    @Test
    void streamsThatShareANetworkShareItsCalibration() {
        ModelCard card = catalogue.find("plain-s-x2", null);
        OpenModels models = new OpenModels(catalogue);
        try (SuperResolver one = models.openCalibrated(card, Device.CPU, 1, Halting.OFF);
                SuperResolver other = models.openCalibrated(card, Device.CPU, 1, Halting.OFF)) {
            assertThat(models.networks()).isEqualTo(1);
            assertThat(one.cells(256, 256).orElseThrow().pixelSeconds()).isPositive();
            assertThat(other.cells(256, 256)).isEqualTo(one.cells(256, 256));
        }
        assertThat(models.networks()).isZero();
    }
}
