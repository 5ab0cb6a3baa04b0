package io.upflux.models.onnx;

import static io.upflux.models.onnx.Agreement.close;
import static io.upflux.models.onnx.Agreement.largest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ai.onnxruntime.OrtException;
import io.upflux.models.onnx.Contract.Range;
import io.upflux.models.onnx.Contract.Size;
import io.upflux.tile.TilePlan;
import java.io.IOException;
import java.util.OptionalDouble;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the processor has no arithmetic in half precision the runtime rounds what each node makes, which is the same. */
class HalfGraphTest {
    /** Code values are 0.004 apart. */
    private static final float HALF = 0.01f;

    @ParameterizedTest
    @ValueSource(strings = {"plain-m-x2", "esc-s-x2", "agileir-s-x2", "adaformer-s-x2", "adaformer-v-s-x2"})
    void makesThePictureOfSinglePrecision(String name) throws IOException {
        SafeTensors golden = golden(name);
        float[] made = WholePicture.of(halved(name), picture(golden), OptionalDouble.empty())
                .samples();
        close(made, golden.read("hr"), HALF);
        float[] single = WholePicture.of(NamedModels.files(name), picture(golden), OptionalDouble.empty())
                .samples();
        assertThat(made).isNotEqualTo(single);
    }

    @ParameterizedTest
    @ValueSource(strings = {"adaformer-s-x2", "adaformer-v-s-x2"})
    void windowsHaltAsInSinglePrecision(String name) throws IOException {
        SafeTensors golden = golden(name);
        OptionalDouble threshold = OptionalDouble.of(golden.read("threshold")[0]);
        WholePicture made = WholePicture.of(halved(name), picture(golden), threshold);
        close(made.samples(), golden.read("halted"), HALF * Math.max(1, largest(golden.read("halted"))));
    }

    /** A device that computes so is no wrong one ({@link ProviderCheck}), with the noise that it is tried with, too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain-s-x2",
                "plain-m-x4",
                "esc-s-x2",
                "esc-s-x4",
                "agileir-s-x2",
                "agileir-s-x4",
                "adaformer-s-x2",
                "adaformer-s-x4",
                "adaformer-v-s-x2",
                "adaformer-v-s-x4"
            })
    void noDeviceIsRefusedForIt(String name) throws OrtException {
        ModelFiles half = halved(name);
        ModelFiles whole = NamedModels.files(name);
        try (Weights weights = half.weights();
                ProbeSession device = session(half, weights);
                Weights others = whole.weights();
                ProbeSession cpu = session(whole, others)) {
            GraphCheck graph = ModelGraphs.of(whole).main().picture();
            int align = OnnxResolver.declared(whole).orElseThrow().align();
            int side = TilePlan.roundUp(Inspection.PROBE_SIDE, align);
            Prober prober = Prober.start(name, graph, cpu, new Size(side, side));
            assertThatCode(() -> ProviderCheck.check(device, cpu, prober.detailed(Range.UNIT)))
                    .doesNotThrowAnyException();
        }
    }

    private static ProbeSession session(ModelFiles files, Weights weights) throws OrtException {
        PassGraph graph = ModelGraphs.of(files).main();
        return new ProbeSession(new SessionFactory(graph, weights, 1).anyShape(Provider.CPU), graph, Provider.CPU);
    }

    /** Features, context and lists go from graph to graph in the types they had. */
    @Test
    void everyGraphOfAModelStaysWhatItSaysItIs() {
        ModelFiles whole = NamedModels.files("adaformer-v-s-x2");
        ModelFiles halved = halved("adaformer-v-s-x2");
        assertThat(new TreeSet<>(halved.companions())).isEqualTo(new TreeSet<>(whole.companions()));
        assertThat(ModelGraphs.of(halved).staged()).isTrue();
        assertThat(halved.main().graph().inputs())
                .isEqualTo(whole.main().graph().inputs());
        assertThat(halved.main().graph().outputs())
                .isEqualTo(whole.main().graph().outputs());
        assertThat(halved.main().graph().metadata())
                .isEqualTo(whole.main().graph().metadata());
    }

    @Test
    void onlyGraphsOfOurOwnInSinglePrecisionAreRewritten() {
        assertThat(HalfGraph.suits(NamedModels.files("plain-s-x2").main().graph()))
                .isTrue();
        assertThat(HalfGraph.suits(halved("plain-s-x2").main().graph())).isFalse();
        assertThat(HalfGraph.suits(NamedModels.files("plain-s-int8-x2").main().graph()))
                .isFalse();
        OnnxFile foreign = OnnxFile.of(
                "model", TestModels.declare(TestModels.nearest(2), 2, 0).build());
        assertThat(HalfGraph.suits(foreign.graph())).isFalse();
    }

    private static SafeTensors golden(String name) throws IOException {
        return new SafeTensors(NamedModels.resource("golden/" + name + ".safetensors"));
    }

    private static Planes picture(SafeTensors golden) {
        return new Planes(golden.read("lr"), golden.side("lr", 3), golden.side("lr", 2));
    }

    static ModelFiles halved(String name) {
        return ModelFiles.of(name, file -> {
            byte[] bytes = NamedModels.neighbour(file);
            return bytes == null || !file.endsWith(".onnx") ? bytes : HalfGraph.of(OnnxFile.of(file, bytes));
        });
    }
}
