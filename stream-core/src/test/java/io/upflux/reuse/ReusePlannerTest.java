package io.upflux.reuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.TestFrames;
import io.upflux.frame.VideoFrame;
import io.upflux.reuse.FramePlan.Extent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ReusePlannerTest {
    private static final int REFRESH = 64;

    private final NativeScope scope = new NativeScope();

    @AfterEach
    void nothingIsLeft() {
        assertThat(scope.outstanding()).isZero();
        scope.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    void exactlyWhatDependsOnAChangeIsComputed(int seed) {
        Random random = new Random(seed);
        FrameFormat format = TestFrames.yuv420(60 + 2 * random.nextInt(60), 50 + 2 * random.nextInt(40));
        WindowGrid grid = WindowGrid.of(format);
        int reach = random.nextInt(20);
        try (ReusePlanner planner = planner(ReuseMode.EXACT, format, reach, new Drift());
                VideoFrame frame = TestFrames.random(scope, format, 0, seed)) {
            assertThat(planner.plan(frame, 1).extent()).isEqualTo(Extent.KEY);
            for (int picture = 1; picture < 12; picture++) {
                List<int[]> changes = new ArrayList<>();
                for (int n = random.nextInt(5); n > 0; n--) {
                    int x = random.nextInt(format.width());
                    int y = random.nextInt(format.height());
                    Pictures.shift(frame, 0, x, y, random.nextBoolean() ? 9 : -9);
                    changes.add(new int[] {x, y});
                }
                FramePlan plan = planner.plan(frame, 1);
                assertThat(plan.extent()).isEqualTo(Extent.CELLS);
                BitSet wanted = within(grid, changes, reach);
                for (int window = 0; window < grid.windows(); window++) {
                    WindowState state = plan.map().state(window % grid.columns(), window / grid.columns());
                    boolean inCell = covered(plan, grid, window);
                    assertThat(state).isEqualTo(inCell ? WindowState.COMPUTED : WindowState.UNCHANGED);
                    if (wanted.get(window)) {
                        assertThat(inCell)
                                .as("window %d of picture %d", window, picture)
                                .isTrue();
                    }
                }
                for (Cell cell : plan.cells()) {
                    assertThat(wanted.stream().anyMatch(window -> inside(cell, grid, window)))
                            .as("%s", cell)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void adaptedWindowsAreComputedInTheirTurnAndNeverManyAtOnce() {
        FrameFormat format = TestFrames.yuv420(256, 256);
        WindowGrid grid = WindowGrid.of(format);
        int[] last = new int[grid.windows()];
        IntBinaryOperator scene = new Landscape(3).still(format);
        try (ReusePlanner planner = planner(ReuseMode.NEAR, format, 4, driftless());
                VideoFrame frame = Landscape.picture(scope, format, scene)) {
            planner.plan(frame, 1);
            for (int picture = 1; picture <= 3 * REFRESH; picture++) {
                // One sample of each window, never the same as at the window's turn.
                for (int window = 0; window < grid.windows(); window++) {
                    mark(frame, scene, window, picture - 1, 0);
                    mark(frame, scene, window, picture, 3 + picture / REFRESH);
                }
                FramePlan plan = plan(planner, frame, picture);
                int computed = 0;
                for (int window = 0; window < grid.windows(); window++) {
                    if (plan.map().state(window % grid.columns(), window / grid.columns()) == WindowState.COMPUTED) {
                        computed++;
                        last[window] = picture;
                    }
                }
                assertThat(computed).as("at once in picture %d", picture).isLessThan(4 * grid.windows() / REFRESH);
                int oldest = Arrays.stream(last).min().orElseThrow();
                assertThat(picture - oldest).as("since one was computed").isLessThanOrEqualTo(REFRESH);
            }
        }
    }

    private static void mark(VideoFrame frame, IntBinaryOperator scene, int window, int sample, int more) {
        int columns = WindowGrid.of(frame.format()).columns();
        int x = window % columns * WindowGrid.WINDOW + sample % WindowGrid.WINDOW;
        int y = window / columns * WindowGrid.WINDOW + sample / WindowGrid.WINDOW % WindowGrid.WINDOW;
        TestFrames.set(frame, 0, x, y, scene.applyAsInt(x, y) + more);
    }

    /** Of 64x64 pixels one window changes: it costs 100 as a cell, and cells must cost less than 0.85 of the 4096 of the whole. */
    @Test
    void cellsAreOpenedOnceTheyWouldHaveSavedAsMuchAsThatCosts() {
        FrameFormat format = TestFrames.yuv420(64, 64);
        CellPlanner cells =
                new CellPlanner(WindowGrid.of(format), List.of(8, 16, 32), cell -> Math.pow(cell.side() + 2, 2));
        double saved = 0.85 * 64 * 64 - 100;
        try (ReusePlanner planner = new ReusePlanner(
                        ReuseMode.EXACT, format, scope, 0, cells, 64 * 64, 2.5 * saved, false, driftless());
                VideoFrame frame = TestFrames.random(scope, format, 0, 1)) {
            List<Extent> extents = new ArrayList<>();
            for (int picture = 0; picture < 6; picture++) {
                extents.add(planner.plan(frame, 1).extent());
                extents.add(planner.plan(frame, 1).extent());
                Pictures.shift(frame, 0, 20, 20, 9);
            }
            // Where nothing changes nothing is computed, ready or not.
            assertThat(extents)
                    .containsExactly(
                            Extent.KEY, Extent.CELLS,
                            Extent.FULL, Extent.CELLS,
                            Extent.FULL, Extent.CELLS,
                            Extent.CELLS, Extent.CELLS,
                            Extent.CELLS, Extent.CELLS,
                            Extent.CELLS, Extent.CELLS);
        }
    }

    @Test
    void equalStreamsGetEqualPlansAndSamplesFollowTheTimeStamp() {
        FrameFormat format = TestFrames.yuv420(256, 256);
        assertThat(probes(format, 0)).isNotEmpty().isEqualTo(probes(format, 0)).isNotEqualTo(probes(format, 1000));
    }

    private List<Integer> probes(FrameFormat format, int pts) {
        List<Integer> probes = new ArrayList<>();
        try (ReusePlanner planner = planner(ReuseMode.NEAR, format, 4, driftless());
                VideoFrame frame = Landscape.picture(scope, format, new Landscape(3).still(format))) {
            planner.plan(frame, 1);
            for (int picture = 1; picture < 16; picture++) {
                for (int y = 0; y < 256; y++) {
                    for (int x = 0; x < 256; x++) {
                        TestFrames.set(frame, 0, x, y, TestFrames.get(frame, 0, x, y) ^ 1);
                    }
                }
                probes.addAll(plan(planner, frame, pts + picture).probes());
            }
        }
        return probes;
    }

    private static FramePlan plan(ReusePlanner planner, VideoFrame frame, int pts) {
        try (VideoFrame now = frame.at(pts, 1)) {
            return planner.plan(now, 1);
        }
    }

    /** Waits for nobody. */
    private static Drift driftless() {
        Drift drift = new Drift();
        drift.stop();
        return drift;
    }

    private ReusePlanner planner(ReuseMode mode, FrameFormat format, int reach, Drift drift) {
        CellPlanner cells =
                new CellPlanner(WindowGrid.of(format), List.of(8, 16, 32), cell -> Math.pow(cell.side() + 2, 2));
        return new ReusePlanner(mode, format, scope, reach, cells, Double.MAX_VALUE, 0, false, drift);
    }

    private static BitSet within(WindowGrid grid, List<int[]> changes, int reach) {
        BitSet windows = new BitSet();
        for (int window = 0; window < grid.windows(); window++) {
            int x = window % grid.columns() * WindowGrid.WINDOW;
            int y = window / grid.columns() * WindowGrid.WINDOW;
            windows.set(
                    window,
                    changes.stream()
                            .anyMatch(change -> change[0] >= x - reach
                                    && change[0] < x + WindowGrid.WINDOW + reach
                                    && change[1] >= y - reach
                                    && change[1] < y + WindowGrid.WINDOW + reach));
        }
        return windows;
    }

    private static boolean covered(FramePlan plan, WindowGrid grid, int window) {
        return plan.cells().stream().anyMatch(cell -> inside(cell, grid, window));
    }

    private static boolean inside(Cell cell, WindowGrid grid, int window) {
        int x = window % grid.columns() * WindowGrid.WINDOW;
        int y = window / grid.columns() * WindowGrid.WINDOW;
        return x >= cell.x() && x < cell.x() + cell.side() && y >= cell.y() && y < cell.y() + cell.side();
    }
}
