package io.upflux.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.TestFrames;
import io.upflux.frame.VideoFrame;
import io.upflux.reuse.ReuseMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

/** What is due when reaches whoever computes it. */
@Timeout(60)
class DeadlineTest {
    private static final FrameFormat FORMAT = TestFrames.yuv420(16, 16);
    private static final int FRAMES = 6;

    @Test
    void strokesAreDueWhenTheirFramesAre() {
        assertThat(deadlines(1)).containsExactly(1000L, 1001L, 1002L, 1003L, 1004L, 1005L);
    }

    @Test
    void strokesOfSeveralFramesAreDueWithTheFirst() {
        assertThat(deadlines(2)).containsExactly(1000L, 1002L, 1004L);
    }

    /** @param batch frames of one tile that are computed at a stroke */
    private static List<Long> deadlines(int batch) {
        Noting noting = new Noting(batch);
        FrameGovernor governor = new FrameGovernor() {
            @Override
            public List<SuperResolver> resolvers() {
                return List.of(noting);
            }

            @Override
            public Turn next(VideoFrame frame) {
                return new Turn(noting, 1, 1000 + frame.pts());
            }

            @Override
            public void inferring(VideoFrame frame) {}

            @Override
            public void inferred(VideoFrame frame) {}

            @Override
            public void written() {}
        };
        try (NativeScope scope = new NativeScope()) {
            try (FrameUpscaler upscaler = new FrameUpscaler(
                    governor, FORMAT, FORMAT, scope, new ReuseSettings(ReuseMode.OFF), Reports.unheard())) {
                Flux.range(0, FRAMES)
                        .map(i -> TestFrames.random(scope, FORMAT, i, i))
                        .transform(upscaler)
                        .doOnNext(VideoFrame::close)
                        .blockLast(Duration.ofSeconds(30));
            }
            assertThat(scope.outstanding()).isZero();
        }
        return noting.deadlines;
    }

    private static final class Noting extends ForwardingResolver {
        private final List<Long> deadlines = new ArrayList<>();

        Noting(int batch) {
            super(new FakeResolver(1, 3, 1, new TileShape(batch, 4096, 4096), false));
        }

        @Override
        public void upscale(List<Stroke> strokes) {
            strokes.forEach(stroke -> deadlines.add(stroke.deadline()));
            super.upscale(strokes);
        }
    }
}
