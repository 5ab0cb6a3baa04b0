package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import io.upflux.models.onnx.ProbeSession.Picture;
import io.upflux.pipeline.StreamException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What another device might make is made here by other graphs on the same. */
class ProviderCheckTest {
    private final Picture picture = picture();

    @Test
    void aLittleRoundingIsNoOtherPicture() {
        assertThatCode(() -> check(TestModels.valid(2, 0, 1), TestModels.valid(2, 0, 1.01f)))
                .doesNotThrowAnyException();
    }

    @Test
    void anotherPictureIsRefused() {
        refused(TestModels.nearest(2), TestModels.blur(2, 1));
        refused(TestModels.valid(2, 0, 1), TestModels.valid(2, 0, 0));
    }

    @Test
    void whatIsNoNumberIsRefused() {
        refused(TestModels.valid(2, 0, 1), TestModels.valid(2, 0, Float.NaN));
        refused(TestModels.valid(2, 0, 1), TestModels.valid(2, 0, Float.POSITIVE_INFINITY));
    }

    @Test
    void anotherSizeIsRefused() {
        refused(TestModels.nearest(2), TestModels.nearest(3));
    }

    private void refused(OnnxBuilder cpu, OnnxBuilder device) {
        assertThatThrownBy(() -> check(cpu, device))
                .isInstanceOf(StreamException.class)
                .hasMessage("it makes another picture than the CPU does");
    }

    private void check(OnnxBuilder cpu, OnnxBuilder device) throws OrtException {
        ModelFiles expected = ModelFiles.alone(OnnxFile.of("cpu", cpu.build()));
        ModelFiles tried = ModelFiles.alone(OnnxFile.of("device", device.build()));
        try (Weights own = expected.weights();
                ProbeSession right = session(expected, own);
                Weights other = tried.weights();
                ProbeSession made = session(tried, other)) {
            ProviderCheck.check(made, right, picture);
        }
    }

    private static ProbeSession session(ModelFiles files, Weights weights) throws OrtException {
        PassGraph graph = ModelGraphs.of(files).main();
        return new ProbeSession(new SessionFactory(graph, weights, 1).anyShape(Provider.CPU), graph, Provider.CPU);
    }

    private static Picture picture() {
        Picture picture = Picture.of(3, 16, 12);
        Random random = new Random(1);
        for (int i = 0; i < picture.samples().length; i++) {
            picture.samples()[i] = random.nextFloat();
        }
        return picture;
    }
}
