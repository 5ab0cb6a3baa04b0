package io.upflux.server.live;

import static io.upflux.server.live.Fragments.of;
import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.Fragment;
import io.upflux.codecs.FragmentHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class ViewerTest {
    private final FragmentHeader header = Fragments.header();
    private final FragmentWindow window = new FragmentWindow(3, 0);

    @Test
    void lateJoinersStartAtTheLastKeyFrame() {
        add(0, 8);
        StepVerifier.create(indices(Fragments.follow(window, 1000)))
                .expectNext(5, 6, 7)
                .then(() -> add(8, 11))
                .expectNext(8, 9, 10)
                .then(window::close)
                .verifyComplete();
    }

    @Test
    void aStalledViewerGoesOnWithTheNextKeyFrameAndKeepsLittle() {
        Viewer viewer = new Viewer(window, 60, Fragment::bytes, () -> true);
        StepVerifier.create(indices(viewer.fragments()), 0)
                .thenRequest(1)
                .then(() -> add(0, 1))
                .expectNext(0)
                // Three of twenty bytes may wait; the fourth throws them away, and all up to the key frame after it.
                .then(() -> add(1, 13))
                .thenRequest(10)
                .expectNext(10, 11, 12)
                .then(() -> add(13, 14))
                .expectNext(13)
                .thenCancel()
                .verify();
        assertThat(viewer.skipped()).isEqualTo(9);
        assertThat(window.viewers()).isZero();
    }

    @Test
    void aStalledViewerDoesNotHoldUpTheOthers() {
        List<Integer> quick = new ArrayList<>();
        Fragments.follow(window, 60)
                .subscribe(fragment -> quick.add((int) fragment.mp4().get(0)));
        StepVerifier.create(Fragments.follow(window, 60), 0)
                .then(() -> add(0, 100))
                .thenCancel()
                .verify();
        assertThat(quick).hasSize(100).isSorted();
    }

    @Test
    void nothingGoesOutWhileTheWayIsBlocked() {
        AtomicBoolean writable = new AtomicBoolean();
        Viewer viewer = new Viewer(window, 1000, Fragment::bytes, writable::get);
        List<Integer> got = new ArrayList<>();
        indices(viewer.fragments()).subscribe(got::add);
        add(0, 3);
        assertThat(got).isEmpty();
        writable.set(true);
        viewer.wake();
        assertThat(got).containsExactly(0, 1, 2);
    }

    @Test
    void aFragmentLargerThanTheLimitStillComes() {
        StepVerifier.create(Fragments.follow(window, 5), 0)
                .then(() -> add(0, 1))
                .thenRequest(1)
                .expectNextCount(1)
                .thenCancel()
                .verify();
    }

    private static Flux<Integer> indices(Flux<Fragment> fragments) {
        return fragments.map(fragment -> (int) fragment.mp4().get(0));
    }

    private void add(int from, int to) {
        for (int i = from; i < to; i++) {
            window.add(of(header, i, 10));
        }
    }
}
