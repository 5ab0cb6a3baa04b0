package io.upflux.codecs.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.output.CutPlan.Cut;
import org.junit.jupiter.api.Test;

/** Segments of a second in parts of a fifth, of pictures of 40 ms. */
class CutPlanTest {
    private static final long SECOND = 90_000;
    private static final long PICTURE = 3600;

    private final CutPlan plan = new CutPlan(SECOND, SECOND / 5);

    @Test
    void aKeyFrameThatWasAskedForEndsTheSegment() {
        for (long pts = 0; pts < 10 * SECOND; pts += PICTURE) {
            boolean key = plan.keyDue(pts, PICTURE);
            Cut cut = plan.before(pts, PICTURE, key);
            assertThat(key).isEqualTo(pts % SECOND == 0);
            assertThat(cut).isEqualTo(key ? Cut.SEGMENT : pts % (SECOND / 5) == 0 ? Cut.PART : Cut.NONE);
            assertThat(plan.isEndless(pts)).isFalse();
        }
    }

    /** Hardware that delays what it is asked for. */
    @Test
    void aLateKeyFrameMakesALongerSegment() {
        plan.before(0, PICTURE, true);
        assertThat(plan.before(SECOND + 10 * PICTURE, PICTURE, false)).isEqualTo(Cut.PART);
        assertThat(plan.before(2 * SECOND, PICTURE, true)).isEqualTo(Cut.SEGMENT);
        assertThat(plan.isEndless(2 * SECOND + PICTURE)).isFalse();
    }

    @Test
    void aSegmentDoesNotGoOnForEver() {
        plan.before(0, PICTURE, true);
        assertThat(plan.isEndless(3 * SECOND)).isFalse();
        assertThat(plan.isEndless(3 * SECOND + PICTURE)).isTrue();
        plan.before(3 * SECOND + 2 * PICTURE, PICTURE, true);
        assertThat(plan.isEndless(3 * SECOND + 3 * PICTURE)).isFalse();
    }
}
