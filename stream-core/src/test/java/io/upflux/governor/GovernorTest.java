package io.upflux.governor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.upflux.governor.LiveSimulation.Cost;
import io.upflux.governor.LiveSimulation.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GovernorTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Rung FULL = new Rung("full", "slow", 0.95, 1, 1, 0, false);
    private static final Rung HALTING = new Rung("halting", "slow", 0.8, 1, 0.8, 0.05, false);
    private static final Rung TOLERANCE = new Rung("tolerance", "slow", 0.8, 2, 0.6, 0.1, false);
    private static final Rung LIGHTER = new Rung("lighter", "light", 0, 2, 0.25, 0.5, false);
    private static final Rung RESIZE = new Rung("resize", "bicubic", 0, 1, 0.05, 2, false);
    private static final List<Rung> LADDER = List.of(FULL, HALTING, TOLERANCE, LIGHTER, RESIZE, Rung.dropping());

    /** Frames an even time apart, due eight of these times after they are taken. */
    private static final class Live {
        private final double fps;
        private final LiveSimulation simulation;
        private final List<Outcome> outcomes;

        Live(double fps, double seconds, Cost cost, int ahead, IntToDoubleFunction delay) {
            this(LADDER, fps, seconds, cost, ahead, delay);
        }

        Live(List<Rung> ladder, double fps, double seconds, Cost cost, int ahead, IntToDoubleFunction delay) {
            this.fps = fps;
            simulation = new LiveSimulation(ladder, cost, frame -> (long) (0.3 * SECOND / fps), ahead);
            for (int k = 0; k < seconds * fps; k++) {
                long taken = time(k);
                simulation.frame(k, taken + (long) (delay.applyAsDouble(k) * SECOND), taken + time(8));
            }
            outcomes = simulation.run();
        }

        private long time(double frames) {
            return (long) (frames * SECOND / fps);
        }

        double held() {
            return outcomes.stream().filter(Outcome::inTime).count() / (double) outcomes.size();
        }

        GovernorStatus status() {
            return simulation.governor().status();
        }

        long switches() {
            return status().ascents() + status().descents();
        }

        List<Outcome> made() {
            return outcomes.stream()
                    .filter(Outcome::made)
                    .sorted(Comparator.comparingInt(Outcome::frame))
                    .toList();
        }

        /** Seconds from {@code from} until a frame of the top rung comes out. */
        double secondsToTop(long from) {
            return made().stream()
                            .filter(outcome -> outcome.time() >= from && outcome.rung() == 0)
                            .mapToLong(outcome -> outcome.time() - from)
                            .min()
                            .orElse(Long.MAX_VALUE)
                    / 1e9;
        }
    }

    /** The top rung takes {@code full} of the time between frames at load 1; the others in proportion. */
    private static Cost cost(double full, double fps, LongToDoubleFunction load, double noise) {
        return cost(full, fps, load, noise, 2);
    }

    private static Cost cost(double full, double fps, LongToDoubleFunction load, double noise, long seed) {
        Random random = new Random(seed);
        return (rung, frame, time) -> Math.max(SECOND / 100_000, (long) (rung.relativeCost()
                * full
                * SECOND
                / fps
                * load.applyAsDouble(time)
                * (1 + noise * random.nextGaussian())));
    }

    private static Cost steady(double full, double noise) {
        return cost(full, 30, time -> 1, noise);
    }

    private static IntToDoubleFunction punctual() {
        return frame -> 0;
    }

    @ParameterizedTest
    @CsvSource({
        "10, 0, 0",
        "10, 0, 2",
        "10, 0.1, 0",
        "10, 0.1, 2",
        "10, 0.3, 0",
        "24, 0, 0",
        "24, 0.1, 2",
        "24, 0.3, 2",
        "30, 0, 0",
        "30, 0, 2",
        "30, 0.1, 2",
        "30, 0.3, 0",
        "30, 0.3, 2",
        "60, 0, 0",
        "60, 0.1, 2",
        "60, 0.3, 0",
        "60, 0.3, 2",
    })
    void deadlinesHoldWhileLoadDoublesAndHalves(double fps, double noise, int ahead) {
        long half = 12 * SECOND;
        LongToDoubleFunction load = time -> time / half % 2 == 0 ? 1 : 2;

        for (int seed = 1; seed <= 5; seed++) {
            Live live = new Live(fps, 120, cost(0.75, fps, load, noise, seed), ahead, punctual());

            assertThat(live.held()).isGreaterThanOrEqualTo(0.995);
            for (int fall = 2; fall < 10; fall += 2) {
                assertThat(live.secondsToTop(fall * half)).isLessThan(5);
            }
            assertThat(live.status().descents()).as("five rises of the load").isBetween(5L, 25L);
            assertThat(live.status().framesPerRung().get(0)).isGreaterThan((long) (120 * fps / 5));
        }
    }

    @Test
    void slowlyChangingLoadIsFollowedOneRungAtATime() {
        LongToDoubleFunction load = time -> 1 + 2.5 * Math.pow(Math.sin(Math.PI * time / (40.0 * SECOND)), 2);

        Live live = new Live(30, 80, cost(0.75, 30, load, 0.1), 2, punctual());

        assertThat(live.held()).isGreaterThanOrEqualTo(0.995);
        assertThat(live.status().descents()).isBetween(6L, 12L);
        assertThat(live.status().rung()).isEqualTo(FULL);
        List<Outcome> made = live.made();
        for (int i = 1; i < made.size(); i++) {
            assertThat(made.get(i).rung()).isCloseTo(made.get(i - 1).rung(), within(1));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.2, 1.4, 1.5, 1.6, 1.9, 2.2, 3})
    void loadBetweenTwoRungsDoesNotOscillate(double full) {
        for (double noise : new double[] {0, 0.1, 0.3}) {
            for (int ahead : new int[] {0, 2}) {
                Live live = new Live(30, 300, steady(full, noise), ahead, punctual());

                assertThat(live.switches())
                        .as("noise %s, %d ahead", noise, ahead)
                        .isLessThanOrEqualTo(noise > 0.2 ? 60 : 30);
                assertThat(live.held()).as("noise %s, %d ahead", noise, ahead).isGreaterThanOrEqualTo(0.995);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void wavesFasterThanTheClimbAreNotFollowed(int period) {
        LongToDoubleFunction load = time -> 1 + 0.5 * Math.sin(2 * Math.PI * time / period / SECOND);

        Live live = new Live(30, 240, cost(1, 30, load, 0.1), 0, punctual());

        assertThat(live.held()).isGreaterThanOrEqualTo(0.995);
        assertThat(live.switches()).isLessThan(60);
    }

    @Test
    void singleSlowFramesMoveNothing() {
        Cost usual = steady(0.75, 0.1);
        for (int ahead : new int[] {0, 2}) {
            Live live = new Live(
                    30,
                    120,
                    (rung, frame, time) -> (frame % 61 == 60 ? 4 : 1) * usual.nanos(rung, frame, time),
                    ahead,
                    punctual());

            assertThat(live.switches()).isZero();
            assertThat(live.held()).isEqualTo(1);
        }
    }

    @Test
    void cheapAndDearFramesInTurnsAreTheirMean() {
        Cost alternating =
                (rung, frame, time) -> (long) ((frame % 2 == 0 ? 1.4 : 0.2) * rung.relativeCost() * SECOND / 30);

        Live live = new Live(30, 60, alternating, 0, punctual());

        assertThat(live.switches()).isZero();
        assertThat(live.held()).isEqualTo(1);
    }

    @Test
    void aDearFirstFrameAfterEachMoveIsNoReasonToGoOn() {
        Cost usual = steady(1.2, 0.05);
        Rung[] last = {FULL};
        Cost keyed = (rung, frame, time) -> {
            boolean changed = rung != last[0];
            last[0] = rung;
            return (changed ? 3 : 1) * usual.nanos(rung, frame, time);
        };

        Live live = new Live(30, 120, keyed, 0, punctual());

        assertThat(live.held()).isGreaterThanOrEqualTo(0.995);
        assertThat(live.status().framesPerRung().get(1)
                        + live.status().framesPerRung().get(2))
                .isGreaterThan(3500);
        assertThat(live.switches()).isLessThanOrEqualTo(20);
    }

    @Test
    void aStallOfTheSourceIsNotBlamedOnTheNetwork() {
        // Two seconds of frames arrive at once, after the last of them was due to be shown.
        IntToDoubleFunction stalls = frame -> frame % 600 >= 300 && frame % 600 < 360 ? (360 - frame % 600) / 30.0 : 0;
        for (int ahead : new int[] {0, 2}) {
            Live live = new Live(30, 120, steady(0.75, 0.1), ahead, stalls);

            assertThat(live.switches()).isZero();
            assertThat(live.outcomes.stream()
                            .filter(outcome -> outcome.frame() % 600 < 300 || outcome.frame() % 600 >= 366))
                    .allMatch(Outcome::inTime);
        }
    }

    @Test
    void aPauseOfTheSourceTeachesNothing() {
        LiveSimulation simulation = new LiveSimulation(LADDER, steady(1.2, 0), frame -> SECOND / 100, 0);
        for (int k = 0; k < 300; k++) {
            long taken = k * SECOND / 30 + (k >= 150 ? 60 * SECOND : 0);
            simulation.frame(k, taken, taken + SECOND / 4);
        }

        List<Outcome> outcomes = simulation.run();

        assertThat(outcomes).filteredOn(outcome -> outcome.frame() > 140).allMatch(Outcome::inTime);
        assertThat(outcomes.stream()
                        .filter(outcome -> outcome.frame() > 140 && outcome.frame() < 165)
                        .map(outcome -> outcome.rung()))
                .containsOnly(LADDER.indexOf(HALTING));
    }

    @Test
    void jitterOfTheSourceMovesNothing() {
        Live live = new Live(30, 60, steady(0.75, 0.1), 0, frame -> (frame * 7919 % 13) / 130.0);

        assertThat(live.switches()).isZero();
        assertThat(live.held()).isEqualTo(1);
    }

    @Test
    void frequentMissesThatNothingForetellsAreAnsweredToo() {
        double frame = SECOND / 30.0;
        LiveSimulation simulation =
                new LiveSimulation(LADDER, steady(0.3, 0), index -> (long) (frame * (index % 5 == 4 ? 2.2 : 0.3)), 0);
        for (int k = 0; k < 60; k++) {
            simulation.frame(k, (long) (k * frame), (long) ((k + 2) * frame));
        }

        simulation.run();

        assertThat(simulation.governor().status().descents()).isPositive();
        assertThat(simulation.governor().status().reason()).isEqualTo(Reason.MISSES);
    }

    @Test
    void timeBeforeTheFirstDecisionIsNoRungs() {
        long[] now = {1000 * SECOND};
        Governor governor = new Governor(LADDER, 3, () -> now[0]);
        governor.skipped(now[0], now[0]);
        now[0] += SECOND;
        governor.next(now[0] + SECOND, now[0]);
        assertThat(governor.status().nanosPerRung()).containsOnly(0L);
        now[0] += SECOND;
        governor.next(now[0] + SECOND, now[0]);
        assertThat(governor.status().nanosPerRung().get(0)).isEqualTo(SECOND);
    }

    @Test
    void framesAreDroppedOnlyBelowTheCheapestRungAndNeverAllOfThem() {
        Live live = new Live(30, 60, steady(30, 0.05), 0, punctual());

        assertThat(live.status().rung()).isEqualTo(RESIZE);
        assertThat(live.held()).as("a frame takes 1.5 times what there is").isBetween(0.6, 0.67);
        Live hopeless = new Live(30, 60, steady(300, 0), 0, punctual());
        List<Outcome> made = hopeless.made();
        for (int i = 10; i < made.size(); i++) {
            assertThat(made.get(i).frame() - made.get(i - 1).frame())
                    .as("half a second at most is thrown away, and what a full queue loses meanwhile")
                    .isLessThanOrEqualTo(15 + 15);
        }
    }

    @Test
    void withoutADroppingRungNothingIsDropped() {
        Live live = new Live(List.of(FULL, RESIZE), 30, 20, steady(1.5, 0), 0, punctual());

        assertThat(live.status().dropped()).isZero();
        assertThat(live.held()).isGreaterThan(0.99);
    }

    @Test
    void failedAscentsAreTriedLessAndLessOften() {
        // Plain resizing takes the same under any load, and so tells nothing of it.
        Cost cost =
                (rung, frame, time) -> rung == RESIZE ? SECOND / 300 : (long) (6.0 * rung.relativeCost() * SECOND / 30);
        Live live = new Live(30, 300, cost, 0, punctual());

        List<Long> ascents = new ArrayList<>();
        List<Outcome> made = live.made();
        for (int i = 100; i < made.size(); i++) {
            if (made.get(i).rung() < made.get(i - 1).rung()) {
                ascents.add(made.get(i).time());
            }
        }
        assertThat(ascents).hasSizeBetween(2, 10);
        assertThat(ascents.get(ascents.size() - 1) - ascents.get(ascents.size() - 2))
                .isGreaterThan(30 * SECOND);
        assertThat(live.held()).isGreaterThanOrEqualTo(0.99);
    }

    @Test
    void theSameTimesGiveTheSameDecisions() {
        LongToDoubleFunction load = time -> time / (7 * SECOND) % 2 == 0 ? 1 : 3;

        Live first = new Live(30, 60, cost(0.75, 30, load, 0.3), 2, frame -> (frame * 7919 % 13) / 130.0);
        Live second = new Live(30, 60, cost(0.75, 30, load, 0.3), 2, frame -> (frame * 7919 % 13) / 130.0);

        assertThat(first.outcomes).isEqualTo(second.outcomes);
        assertThat(first.switches()).isPositive();
    }

    @Test
    void theStatusAddsUp() {
        Live live = new Live(30, 60, steady(30, 0.1), 0, punctual());

        GovernorStatus status = live.status();
        long skipped = live.outcomes.stream()
                .filter(outcome -> outcome.rung() == Outcome.LOST)
                .count();
        assertThat(status.frames()).isEqualTo(1800);
        assertThat(status.framesPerRung().stream().mapToLong(Long::longValue).sum() + skipped)
                .isEqualTo(1800);
        assertThat(status.dropped())
                .isEqualTo(status.framesPerRung().get(5) + skipped)
                .isPositive();
        assertThat(status.missed() + status.dropped())
                .isEqualTo(live.outcomes.stream()
                        .filter(outcome -> !outcome.inTime())
                        .count());
        assertThat(status.load()).isCloseTo(1.5, within(0.2));
        assertThat(status.descents() - status.ascents()).isEqualTo(4);
        assertThat(status.reason()).isIn(Reason.BACKLOG, Reason.OVERLOAD, Reason.MISSES);
    }

    @Test
    void laddersAndReportsAreChecked() {
        Ticker ticker = () -> 0;
        assertThatIllegalArgumentException().isThrownBy(() -> new Governor(List.of(), 3, ticker));
        assertThatIllegalArgumentException().isThrownBy(() -> new Governor(List.of(Rung.dropping()), 3, ticker));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Governor(List.of(FULL, Rung.dropping(), RESIZE), 3, ticker));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Governor(List.of(RESIZE, FULL), 3, ticker))
                .withMessageContaining("rung full");
        assertThatIllegalArgumentException().isThrownBy(() -> new Rung("none", "slow", 0, 1, 0, 0, false));

        Governor governor = new Governor(LADDER, 3, ticker);
        Decision decision = governor.next(SECOND, 0);
        governor.finished(decision, new FrameTimes(1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> governor.finished(decision, new FrameTimes(1, 1)));
    }
}
