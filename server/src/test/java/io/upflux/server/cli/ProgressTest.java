package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.upflux.server.cli.ProgressMeter.Reading;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final Streams streams = new Streams();
    private long now;

    @Test
    void readingsComeAtTheirIntervalAndOnceAtTheEnd() {
        List<Reading> readings = new ArrayList<>();
        ProgressMeter meter = new ProgressMeter(readings::add, 0.25, () -> now);
        for (int frame = 1; frame <= 100; frame++) {
            now += 10_000_000; // 100 frames a second
            meter.frame(frame, 100);
        }
        meter.complete();

        assertThat(readings).hasSize(5);
        Reading middle = readings.get(2);
        assertThat(middle.share()).isEqualTo(middle.frames() / 100.0);
        assertThat(middle.fps()).isCloseTo(100, within(1.0));
        assertThat(middle.secondsLeft()).isCloseTo((100 - middle.frames()) / 100.0, within(0.05));
        assertThat(readings.get(4).frames()).isEqualTo(100);
        assertThat(readings.get(4).secondsLeft()).isZero();
    }

    @Test
    void paceIsThatOfTheLastSeconds() {
        List<Reading> readings = new ArrayList<>();
        ProgressMeter meter = new ProgressMeter(readings::add, 0, () -> now);
        for (int frame = 1; frame <= 400; frame++) {
            now += frame <= 100 ? 1_000_000_000L : 100_000_000L; // slow first, ten times as fast then
            meter.frame(frame, 1000);
        }
        Reading last = readings.get(readings.size() - 1);
        assertThat(last.fps()).isCloseTo(10, within(0.2));
        assertThat(last.secondsLeft()).isCloseTo(60, within(2.0));
    }

    @Test
    void tooSmallAnEstimateGrowsAndAnUnknownOneStaysUnknown() {
        List<Reading> readings = new ArrayList<>();
        ProgressMeter meter = new ProgressMeter(readings::add, 0, () -> now);
        now = 1_000_000_000L;
        meter.frame(7, 5);
        meter.frame(8, 0);
        meter.complete();
        assertThat(readings.get(0).share()).isEqualTo(1);
        assertThat(readings.get(1).share()).isNegative();
        assertThat(readings.get(1).secondsLeft()).isNegative();
        assertThat(readings.get(2).total()).isEqualTo(8);
    }

    @Test
    void whatIsNoFrameShowsTheLastReadingAgain() {
        List<Reading> readings = new ArrayList<>();
        ProgressMeter meter = new ProgressMeter(readings::add, 0.25, () -> now);
        for (int packet = 0; packet < 100; packet++) {
            now += 10_000_000;
            meter.working();
        }
        assertThat(readings).hasSize(4).allMatch(reading -> reading.frames() == 0 && reading.share() < 0);
        meter.frame(30, 120);
        now += 1_000_000_000;
        meter.working();
        assertThat(readings).hasSize(5);
        assertThat(readings.get(4).share()).isEqualTo(0.25);
    }

    @Test
    void jsonHasTheAgreedFields() {
        ProgressDisplays.json(new JsonLines(streams.console(false).out()), JsonLines.object())
                .show(new Reading(30, 120, 14.987654, 6.04));
        JsonNode event = streams.json().get(0);
        assertThat(event)
                .hasToString("{\"event\":\"progress\",\"frame\":30,\"frames\":120,\"fps\":14.99,\"etaSeconds\":6.0}");
    }

    @Test
    void jsonSaysNullForWhatIsUnknown() {
        ProgressDisplays.json(new JsonLines(streams.console(false).out()), JsonLines.object())
                .show(new Reading(30, 0, 15, -1));
        JsonNode event = streams.json().get(0);
        assertThat(event.get("frames").isNull()).isTrue();
        assertThat(event.get("etaSeconds").isNull()).isTrue();
    }

    @Test
    void barIsRedrawnOnOneLineAndTakenAway() {
        Console console = streams.console(true);
        ProgressMeter.Display bar = ProgressDisplays.bar(console, "a.mp4 ");
        bar.show(new Reading(30, 120, 15, 125));
        console.say("warning: something");
        bar.end();
        assertThat(streams.err())
                .startsWith("\r\u001b[Ka.mp4 [####............]  25% 30/120  15.0 fps  2:05 left")
                .contains("\r\u001b[Kwarning: something" + System.lineSeparator() + "a.mp4 [")
                .endsWith("\r\u001b[K");
    }

    @Test
    void noControlCharactersWhereThereIsNoTerminal() {
        ProgressDisplays.lines(streams.console(false), "a.mp4 ").show(new Reading(30, 0, 15, -1));
        assertThat(streams.err()).isEqualTo("a.mp4 30 frames  15.0 fps" + System.lineSeparator());
    }
}
