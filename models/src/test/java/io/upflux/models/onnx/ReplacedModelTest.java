package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a model that are overwritten where they lie, as a copy over them does, while the model is in use. */
class ReplacedModelTest {
    private static final TileShape SHAPE = new TileShape(1, 32, 24);
    private static final TileShape ANOTHER = new TileShape(1, 40, 16);

    @TempDir
    private Path folder;

    @Test
    void aModelOfSeveralFilesGoesOnAsItWasOpened() throws IOException {
        for (String name : List.of("plain-s-x2.onnx", "plain-s-x2.windows.onnx", "plain-s-x2.safetensors")) {
            Files.write(folder.resolve(name), NamedModels.resource(name));
        }
        goesOn(folder.resolve("plain-s-x2.onnx"));
    }

    @Test
    void aModelOfOneFileGoesOnAsItWasOpened() throws IOException {
        goesOn(Files.write(folder.resolve("blur.onnx"), TestModels.blur(2, 1).build()));
    }

    private void goesOn(Path main) throws IOException {
        Catalogue catalogue = Catalogue.standard();
        float[] wanted;
        try (SuperResolver undisturbed = open(catalogue, main)) {
            wanted = upscaled(undisturbed, ANOTHER);
        }
        try (SuperResolver resolver = open(catalogue, main)) {
            float[] before = upscaled(resolver, SHAPE);
            overwrite();
            assertThat(upscaled(resolver, SHAPE)).isEqualTo(before);
            // For this one, the runtime makes a session only now.
            assertThat(upscaled(resolver, ANOTHER)).isEqualTo(wanted);
        }
        assertThatThrownBy(() -> open(catalogue, main))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith(main + ": ")
                .hasMessageNotContaining("\n");
    }

    private static SuperResolver open(Catalogue catalogue, Path main) {
        return catalogue.open(catalogue.find(main.toString(), null), Device.CPU, 1);
    }

    private void overwrite() throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.writeString(file, "something else");
            }
        }
    }

    private static float[] upscaled(SuperResolver resolver, TileShape shape) {
        try (TileBatch batch = resolver.newBatch(shape)) {
            for (int i = 0; i < batch.input().capacity(); i++) {
                batch.input().put(i, i % 17 / 17f);
            }
            resolver.upscale(batch, PictureContext.NONE);
            float[] output = new float[batch.output().capacity()];
            batch.output().get(0, output);
            return output;
        }
    }
}
