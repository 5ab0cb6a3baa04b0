package io.upflux.server.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.frame.Rational;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class SegmentPlanTest {
    private static final Rational MILLIS = new Rational(1, 1000);

    @Test
    void cutsAtKeyFramesThatAreNearAndElsewhereAtTheTime() {
        List<Long> frames = LongStream.range(0, 1000).map(i -> i * 40).boxed().toList(); // 40 s
        assertThat(SegmentPlan.of(frames, List.of(0L, 9000L, 21_000L), MILLIS, 10))
                .extracting(Segment::from, Segment::to)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(Long.MIN_VALUE, 9000L),
                        org.assertj.core.groups.Tuple.tuple(9000L, 21_000L),
                        org.assertj.core.groups.Tuple.tuple(21_000L, 31_000L),
                        org.assertj.core.groups.Tuple.tuple(31_000L, Long.MAX_VALUE));
    }

    @Test
    void whatIsNotMuchLongerThanASegmentIsOne() {
        List<Long> frames = LongStream.range(0, 350).map(i -> i * 40).boxed().toList(); // 14 s
        assertThat(SegmentPlan.of(frames, frames, MILLIS, 10)).hasSize(1);
        assertThat(SegmentPlan.of(List.of(), List.of(), MILLIS, 10)).hasSize(1);
    }

    /** Frames at any distance, pauses, any key frames: each frame is in one segment, none is empty. */
    @RepeatedTest(50)
    void everyFrameIsInOneSegment(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<Long> frames = new ArrayList<>();
        List<Long> keys = new ArrayList<>();
        long time = random.nextInt(2000) - 1000;
        double keyShare = random.nextDouble() * 0.2;
        long longestPause = 0;
        for (int i = 0; i < 1 + random.nextInt(3000); i++) {
            frames.add(time);
            if (i == 0 || random.nextDouble() < keyShare) {
                keys.add(time);
            }
            long pause = random.nextInt(200) == 0 ? random.nextInt(30_000) : 1 + random.nextInt(80);
            longestPause = Math.max(longestPause, pause);
            time += Math.max(1, pause);
        }
        List<Segment> segments = SegmentPlan.of(frames, keys, MILLIS, 10);

        long next = Long.MIN_VALUE;
        long first = 0;
        for (Segment segment : segments) {
            assertThat(segment.from()).isEqualTo(next);
            assertThat(segment.first()).isEqualTo(first);
            long inside = frames.stream()
                    .filter(pts -> pts >= segment.from() && pts < segment.to())
                    .count();
            assertThat(segment.frames()).isEqualTo(inside).isPositive();
            if (segment.index() > 0 && segment.to() < Long.MAX_VALUE) {
                assertThat(segment.to() - segment.from()).isBetween(5000L, 15_000L + longestPause);
            }
            next = segment.to();
            first += segment.frames();
        }
        assertThat(next).isEqualTo(Long.MAX_VALUE);
        assertThat(first).isEqualTo(frames.size());
        assertThat(SegmentPlan.of(frames, keys, MILLIS, 10)).isEqualTo(segments);
    }
}
