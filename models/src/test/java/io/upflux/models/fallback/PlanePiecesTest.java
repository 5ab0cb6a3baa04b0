package io.upflux.models.fallback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.onnx.Boxes;
import io.upflux.models.onnx.Said;
import io.upflux.models.onnx.Taker;
import io.upflux.pipeline.ForwardingResolver;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.TileBatch;
import io.upflux.pipeline.TilePlanes;
import io.upflux.pipeline.UpscalePipeline;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device that converts colour itself, and fails at that: what others make of its code values is the same. */
@Timeout(120)
class PlanePiecesTest {
    private static final FrameFormat FORMAT = new FrameFormat(
            118,
            94,
            PixelLayout.YUV420P,
            ColourSpec.UNKNOWN_LIMITED,
            Rational.ONE,
            new Rational(1, 25),
            new Rational(25, 1));

    private final Said said = new Said();
    private final NativeScope scope = new NativeScope();

    @AfterEach
    void everythingIsReleased() {
        assertThat(scope.reclaim()).isZero();
    }

    private static SuperResolver open() {
        Catalogue catalogue = Catalogue.standard();
        return catalogue.open(catalogue.find("plain-s-x2", null), Device.CPU);
    }

    @Test
    void oneTileAtATimeIsWhatSamplesGive() {
        List<byte[]> expected = run(open(), FORMAT);
        List<byte[]> made = run(failing(2, samples -> false), FORMAT);
        alike(made, expected);
        assertThat(said.warnings).containsExactly("no planes; going on with one tile at a time");
    }

    @Test
    void smallerTilesJoinWithoutATrace() {
        List<byte[]> expected = run(open(), FORMAT);
        List<byte[]> made = run(failing(1, samples -> samples.shape().width() >= FORMAT.width()), FORMAT);
        alike(made, expected);
        assertThat(said.warnings).containsExactly("no planes; going on with tiles of half the width and height");
    }

    @Test
    void theCpuTakesOver() {
        List<byte[]> expected = run(open(), FORMAT);
        List<byte[]> made = run(failing(1, samples -> true), FORMAT);
        alike(made, expected);
        assertThat(said.warnings).containsExactly("no planes; going on with the CPU");
    }

    @Test
    void whatIsNoNumberIsFoundOutThereToo() {
        SuperResolver broken = new ForwardingResolver(open()) {
            @Override
            public void upscale(List<Stroke> strokes) {
                strokes.forEach(stroke -> stroke.work().forEach(placed -> spoil(placed.batch())));
            }

            private void spoil(TileBatch batch) {
                for (int i = 0; i < batch.output().capacity(); i++) {
                    batch.output().put(i, Float.NaN);
                }
            }
        };
        SuperResolver network =
                new FallbackResolver(new Converting(broken, 2, samples -> false), () -> null, said, () -> {});
        assertThatThrownBy(() -> run(network, FORMAT))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("no numbers");
    }

    /** @param batch tiles that it puts into one call where it is asked for planes */
    private SuperResolver failing(int batch, Predicate<TileBatch> samplesToo) {
        return new FallbackResolver(new Converting(open(), batch, samplesToo), PlanePiecesTest::open, said, () -> {});
    }

    /** Takes planes, of which it computes none. */
    private final class Converting extends ForwardingResolver {
        private final int batch;
        private final Predicate<TileBatch> samplesToo;

        Converting(SuperResolver network, int batch, Predicate<TileBatch> samplesToo) {
            super(network);
            this.batch = batch;
            this.samplesToo = samplesToo;
        }

        @Override
        public TileShape tileFor(int frameWidth, int frameHeight) {
            TileShape shape = super.tileFor(frameWidth, frameHeight);
            return batch == 1 ? shape : new TileShape(batch, shape.width() / 2 + 30, shape.height());
        }

        @Override
        public boolean takesPlanes(FrameFormat from, FrameFormat to) {
            return true;
        }

        @Override
        public TileBatch newBatch(TileShape shape, FrameFormat from, FrameFormat to) {
            return new Planes(shape, from, to, traits().scale());
        }

        @Override
        public void upscale(List<Stroke> strokes) {
            for (Stroke stroke : strokes) {
                for (Placed placed : stroke.work()) {
                    if (placed.batch().planes() != null || samplesToo.test(placed.batch())) {
                        throw new StreamException("no planes");
                    }
                }
            }
            super.upscale(strokes);
        }
    }

    private final class Planes implements TileBatch {
        private final SuperResolver.TileShape shape;
        private final TilePlanes planes;

        Planes(SuperResolver.TileShape shape, FrameFormat from, FrameFormat to, int scale) {
            this.shape = shape;
            this.planes = new TilePlanes(
                    frames(from, shape.width(), shape.height()),
                    frames(to, scale * shape.width(), scale * shape.height()),
                    FloatBuffer.allocate(shape.batch()));
        }

        private List<VideoFrame> frames(FrameFormat format, int width, int height) {
            FrameFormat stated = format.withSize(width, height)
                    .withColour(format.colour().withMatrix(format.colour().effectiveMatrix(FORMAT.height())));
            return Stream.generate(() -> scope.frame(stated, 0, 0))
                    .limit(shape.batch())
                    .toList();
        }

        @Override
        public SuperResolver.TileShape shape() {
            return shape;
        }

        @Override
        public TilePlanes planes() {
            return planes;
        }

        @Override
        public FloatBuffer input() {
            return FloatBuffer.allocate(0);
        }

        @Override
        public FloatBuffer output() {
            return FloatBuffer.allocate(0);
        }

        @Override
        public void close() {
            planes.inputs().forEach(VideoFrame::close);
            planes.outputs().forEach(VideoFrame::close);
        }
    }

    /** But for what is rounded the other way. */
    private static void alike(List<byte[]> made, List<byte[]> expected) {
        assertThat(made).hasSameSizeAs(expected);
        for (int i = 0; i < made.size(); i++) {
            assertThat(made.get(i)).hasSameSizeAs(expected.get(i));
            int worst = 0;
            for (int j = 0; j < made.get(i).length; j++) {
                worst = Math.max(worst, Math.abs((made.get(i)[j] & 0xff) - (expected.get(i)[j] & 0xff)));
            }
            assertThat(worst).as("frame %s", i).isLessThanOrEqualTo(1);
        }
    }

    private static List<byte[]> run(SuperResolver opened, FrameFormat format) {
        List<byte[]> frames = new ArrayList<>();
        try (SuperResolver resolver = opened) {
            UpscalePipeline pipeline = UpscalePipeline.of(new Boxes(format, 3, 4, 7), resolver, new Taker(frames));
            pipeline.run().blockLast();
            assertThat(pipeline.lostBuffers()).isZero();
        }
        return frames;
    }
}
