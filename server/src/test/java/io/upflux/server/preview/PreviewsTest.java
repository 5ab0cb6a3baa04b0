package io.upflux.server.preview;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.PictureType;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.reuse.ReuseMode;
import io.upflux.server.bench.drawn.MovingPattern;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@Timeout(120)
class PreviewsTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final PreviewWish BOTH =
            new PreviewWish(Set.of(PreviewKind.SOURCE, PreviewKind.UPSCALED), null, 0, PictureType.JPEG);
    private static final PreviewWish LARGE = PreviewWish.UPSCALED;

    private final Previews previews = new Previews("test");

    @Test
    void whoeverWishesTheSameGetsTheSamePicture() {
        Mono<Preview> both = asked(BOTH);
        Mono<Preview> large = asked(LARGE);
        assertThat(previews.waiting()).isEqualTo(2);
        UpscalePipeline pipeline = run(10);
        assertThat(pipeline.lostBuffers()).isZero();
        assertThat(previews.waiting()).isZero();
        Preview first = both.blockOptional(SOON).orElseThrow();
        Preview second = large.blockOptional(SOON).orElseThrow();
        assertThat(first.pictures()).hasSize(2);
        assertThat(second.pictures().get(0)).isSameAs(first.pictures().get(1));
        assertThat(first.frame()).isEqualTo(1);
        assertThat(first.latencyNanos()).isEqualTo(77);
        assertThat(first.scale()).isEqualTo(2);
        assertThat(first.windows().added()).isEqualTo(first.windows().windows());
    }

    @Test
    void framesAreCountedWhetherOrNotSomebodyLooks() {
        run(10);
        Mono<Preview> next = asked(LARGE);
        run(3);
        assertThat(next.blockOptional(SOON).orElseThrow().frame()).isEqualTo(11);
    }

    @Test
    void whoDoesNotWaitAnyMoreIsForgotten() {
        previews.next(LARGE).subscribe().dispose();
        assertThat(previews.waiting()).isZero();
    }

    @Test
    void nothingMoreComesAfterTheEnd() {
        StepVerifier.create(previews.next(LARGE)).then(previews::close).verifyComplete();
        StepVerifier.create(previews.next(LARGE)).verifyComplete();
    }

    @Test
    void aRunThatIsCutOffLeavesNoFrameInAnEncoder() {
        for (int i = 0; i < 8; i++) {
            Disposable look = previews.next(BOTH).repeat().subscribe();
            UpscalePipeline pipeline = pipeline(100_000);
            StepVerifier.create(pipeline.run()).expectNextCount(i).thenCancel().verify(SOON);
            // Memory that is freed while an encoder reads it would end the program.
            pipeline.closed().block(SOON);
            look.dispose();
        }
    }

    private Mono<Preview> asked(PreviewWish wish) {
        Mono<Preview> next = previews.next(wish).cache();
        next.subscribe();
        return next;
    }

    private UpscalePipeline run(int frames) {
        UpscalePipeline pipeline = pipeline(frames);
        pipeline.run().blockLast(SOON);
        return pipeline;
    }

    private UpscalePipeline pipeline(int frames) {
        Catalogue catalogue = Catalogue.standard();
        SuperResolver resolver = catalogue.open(catalogue.find("bicubic-x2", 2), Device.CPU, 1);
        return UpscalePipeline.of(new MovingPattern(64, 48, frames), resolver, new Nowhere())
                .reuse(ReuseMode.EXACT, map -> {})
                .watch(previews.watcher(pts -> 77));
    }

    private static final class Nowhere implements FrameSink {
        @Override
        public FrameFormat open(FrameFormat offered) {
            return offered;
        }

        @Override
        public void write(VideoFrame frame) {
            frame.close();
        }

        @Override
        public void finish() {}

        @Override
        public void interrupt() {}

        @Override
        public void close() {}
    }
}
