package io.upflux.server.live;

import static io.upflux.server.live.Fragments.of;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.upflux.codecs.Fragment;
import io.upflux.codecs.FragmentHeader;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import reactor.test.StepVerifier;

class FragmentWindowTest {
    private final FragmentHeader header = Fragments.header();
    private final FragmentWindow window = new FragmentWindow(3, 0);

    @Test
    void segmentsAreNumberedAndOldOnesGo() {
        add(0, 32);

        WindowView view = window.view();
        assertThat(view.segments()).extracting(LiveSegment::number).containsExactly(3L, 4L, 5L, 6L);
        assertThat(view.older()).extracting(LiveSegment::number).containsExactly(0L, 1L, 2L);
        assertThat(view.segments()).extracting(LiveSegment::complete).containsExactly(true, true, true, false);
        assertThat(view.last().parts()).hasSize(2);
        assertThat(view.segment(1)).isPresent();
        add(32, 40);
        assertThat(window.view().segment(0)).isEmpty();
    }

    @Test
    void whoWaitsForAPartIsWokenByItAndNotBefore() {
        add(0, 7);
        StepVerifier.create(window.await(1, 3).map(WindowView::openParts))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(50))
                .then(() -> add(7, 8))
                .expectNoEvent(Duration.ofMillis(50))
                .then(() -> add(8, 9))
                .expectNext(4)
                .verifyComplete();
    }

    @Test
    void whatIsThereIsGivenAtOnce() {
        add(0, 7);
        StepVerifier.create(window.await(0, 4)).expectNextCount(1).verifyComplete();
        StepVerifier.create(window.await(1, 1)).expectNextCount(1).verifyComplete();
    }

    @Test
    void whoWaitsForANextSegmentIsWokenWhenItBegins() {
        add(0, 5);
        StepVerifier.create(window.await(1, 0).map(WindowView::openNumber))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(50))
                .then(() -> add(5, 6))
                .expectNext(1L)
                .verifyComplete();
    }

    @Test
    void anotherHeaderIsADiscontinuity() {
        add(0, 5);
        FragmentHeader other = Fragments.header();
        for (int i = 5; i < 15; i++) {
            window.add(of(other, i, 10));
        }

        List<LiveSegment> segments = window.view().segments();
        assertThat(segments).extracting(LiveSegment::discontinuity).containsExactly(false, true, false);
        assertThat(segments).extracting(LiveSegment::headerNumber).containsExactly(0L, 1L, 1L);
        assertThat(segments).extracting(LiveSegment::discontinuities).containsExactly(0, 1, 1);
    }

    /** Also after the crash of who decoded the source. */
    @ParameterizedTest
    @CsvSource({"7000, true", "501, true", "499, false", "-499, false", "-501, true"})
    void aClockThatStepsByHalfASecondIsADiscontinuity(long millis, boolean discontinuity) {
        add(0, 5);
        Fragment next = of(header, 5, 10);
        window.add(new Fragment(
                header,
                true,
                true,
                next.startMicros(),
                200_000,
                next.wallClock().plusMillis(millis),
                next.mp4(),
                next.ts()));

        assertThat(window.view().last().discontinuity()).isEqualTo(discontinuity);
        assertThat(window.view().last().headerNumber()).isZero();
    }

    @Test
    void closingWakesEverybody() {
        add(0, 2);
        StepVerifier.create(window.await(9, 0).map(WindowView::closed))
                .then(window::close)
                .expectNext(true)
                .verifyComplete();
        StepVerifier.create(Fragments.follow(window, 1000)).verifyComplete();
        assertThat(window.view().last().complete()).isTrue();
    }

    /** Caches keep what they got under a number. */
    @Test
    void numbersBeginWhereNoOtherRunHasBeen() {
        FragmentWindow later = new FragmentWindow(3, 1_800_000_000_000L);
        later.add(of(header, 0, 10));

        LiveSegment first = later.view().last();
        assertThat(first.number()).isEqualTo(1_800_000_000_000L);
        assertThat(first.firstPart()).isEqualTo(1_800_000_000_000L);
        assertThat(first.headerNumber()).isEqualTo(1_800_000_000_000L);
        assertThat(first.discontinuity()).isFalse();

        later.end(false);
        FragmentWindow next = new FragmentWindow(3, later);
        next.add(of(header, 5, 10));
        assertThat(next.view().last().number()).isEqualTo(1_800_000_000_001L);
        assertThat(next.view().last().discontinuity()).isTrue();
    }

    @Test
    void windowsHoldFewerSegmentsWhileTheirMemoryIsShort() {
        WindowMemory memory = new WindowMemory(1000);
        FragmentWindow small = new FragmentWindow(3, 0, memory);
        FragmentWindow large = new FragmentWindow(3, 0, memory);
        Logger log = (Logger) LoggerFactory.getLogger(WindowMemory.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        add(small, 0, 45, 1);
        add(large, 0, 45, 20);
        log.detachAppender(lines);
        assertThat(held(large)).containsExactly(4L, 5L, 6L, 7L, 8L);
        assertThat(lines.list).hasSize(1);

        add(large, 45, 50, 200);
        add(small, 45, 60, 1);
        assertThat(memory.isShort(501)).isTrue();
        assertThat(held(small)).hasSize(7);
        add(small, 60, 75, 50);
        assertThat(held(small)).containsExactly(11L, 12L, 13L, 14L);

        large.end(true);
        large.end(true);
        add(small, 75, 110, 1);
        assertThat(held(small)).hasSize(7);
        memory.add(930);
        assertThat(memory.isShort(1001)).isFalse();
        memory.add(1);
        assertThat(memory.isShort(1001)).isTrue();
    }

    private static List<Long> held(FragmentWindow window) {
        WindowView view = window.view();
        return Stream.concat(view.older().stream(), view.segments().stream())
                .map(LiveSegment::number)
                .toList();
    }

    private void add(int from, int to) {
        add(window, from, to, 10);
    }

    private void add(FragmentWindow window, int from, int to, int bytes) {
        for (int i = from; i < to; i++) {
            window.add(of(header, i, bytes));
        }
    }
}
