package io.upflux.models.onnx;

import static io.upflux.models.onnx.Agreement.close;
import static io.upflux.models.onnx.Agreement.closeOnAverage;
import static io.upflux.models.onnx.Agreement.largest;
import static io.upflux.models.onnx.NamedModels.BY_HEART;
import static io.upflux.models.onnx.NamedModels.files;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import io.upflux.models.Catalogue;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every bundled model with a golden vector makes what the network made that was trained. */
@Timeout(300)
class GoldenVectorsTest {
    static Stream<String> golden() throws IOException, URISyntaxException {
        URL folder = Catalogue.class.getResource("golden");
        if (folder == null) {
            return Stream.of(BY_HEART);
        }
        try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
            List<String> names = files.map(file -> file.getFileName().toString().replace(".safetensors", ""))
                    .sorted()
                    .toList();
            return Stream.concat(Stream.of(BY_HEART), names.stream());
        }
    }

    @ParameterizedTest
    @MethodSource("golden")
    void makesWhatTheTrainedNetworkMakes(String name) throws IOException, OrtException {
        float[] picture;
        float[] expected;
        int width;
        int height;
        float @Nullable [] context = null;
        float @Nullable [] confidence = null;
        if (name.equals(BY_HEART)) {
            width = 4;
            height = 2;
            picture = new float[24];
            Arrays.fill(picture, 0.5f);
            expected = flatByHeart();
            context = new float[] {0.5f, 0.5f, 0.5f};
        } else {
            SafeTensors golden = new SafeTensors(NamedModels.resource("golden/" + name + ".safetensors"));
            picture = golden.read("lr");
            expected = golden.read("hr");
            height = golden.side("lr", 2);
            width = golden.side("lr", 3);
            context = golden.has("context") ? golden.read("context") : null;
            confidence = golden.has("confidence") ? golden.read("confidence") : null;
        }
        Planes planes = new Planes(picture, width, height);
        ModelGraphs graphs = ModelGraphs.of(files(name));
        float[] enlarged =
                WholePicture.of(files(name), planes, OptionalDouble.empty()).samples();
        if (graphs.main().file().graph().eightBits()) {
            closeOnAverage(enlarged, expected, 1e-3f);
        } else {
            close(enlarged, expected, 1e-4f);
        }
        try (Weights weights = files(name).weights();
                RawSession main = new RawSession(graphs, graphs.main().pass(), weights)) {
            if (context != null) {
                float[] made = main.run(
                        planes,
                        null,
                        Objects.requireNonNull(main.graph().context()).name());
                close(made, context, 1e-4f * largest(context));
            }
            if (confidence != null) {
                close(main.run(planes, null, "confidence"), confidence, 1e-4f);
            }
        }
    }

    static Stream<String> halting() throws IOException, URISyntaxException {
        return golden().filter(name ->
                !name.equals(BY_HEART) && files(name).passes(Pass.KEY).contains(Pass.HALTING));
    }

    @ParameterizedTest
    @MethodSource("halting")
    void windowsHaltWhereTheyHaltInTheTrainedNetwork(String name) throws IOException {
        SafeTensors golden = new SafeTensors(NamedModels.resource("golden/" + name + ".safetensors"));
        Planes picture = new Planes(golden.read("lr"), golden.side("lr", 3), golden.side("lr", 2));

        WholePicture made = WholePicture.of(files(name), picture, OptionalDouble.of(golden.read("threshold")[0]));

        float[] depths = golden.read("depth");
        assertThat(made.depths()).hasSameSizeAs(depths);
        for (int w = 0; w < depths.length; w++) {
            assertThat(made.depths()[w]).isEqualTo((byte) depths[w]);
        }
        close(made.samples(), golden.read("halted"), 1e-4f);
    }

    /** What {@link TestPair} makes of 4x2 pixels of 0.5: each has 4 or, in the middle, 6 pixels to blur. */
    private static float[] flatByHeart() {
        float[] flat = new float[3 * 8 * 4];
        for (int i = 0; i < flat.length; i++) {
            boolean edge = i % 8 < 2 || i % 8 >= 6;
            flat[i] = 0.5f * (edge ? 4 : 6) / 8 + 3 * TestPair.GAIN * 0.5f;
        }
        return flat;
    }
}
