package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtLoggingLevel;
import io.upflux.models.onnx.ShapeSessions.Form;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver.TileShape;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GpuOptionsTest {
    private static final PassGraph PLAIN =
            ModelGraphs.of(NamedModels.files("plain-s-x2")).main();

    @Test
    void searchesConvolutionsByHeuristics() {
        assertThat(GpuOptions.parse("").forCuda(false))
                .containsEntry("cudnn_conv_algo_search", "HEURISTIC")
                .containsEntry("arena_extend_strategy", "kSameAsRequested");
    }

    @ParameterizedTest
    @CsvSource({"fp16,1,true", "tf32,1,false", "fp32,0,false"})
    void precisionDecidesWhatProductsAreMadeOf(String precision, String tf32, boolean rewritten) {
        GpuOptions options = GpuOptions.parse("precision=" + precision);
        assertThat(options.forCuda(false)).containsEntry("use_tf32", tf32);
        assertThat(options.forTensorRt(Path.of("engines"), options.inHalf(PLAIN), "any"))
                .containsEntry("trt_fp16_enable", rewritten ? "1" : "0");
        assertThat(options.halves(PLAIN.file().graph())).isEqualTo(rewritten);
        assertThat(options.inHalf(PLAIN)).isEqualTo(rewritten);
    }

    /** Those of colour, where the rest is float16. */
    @ParameterizedTest
    @CsvSource({"'', true", "precision=tf32, true", "precision=fp32, false", "cuda.use_tf32=0, false"})
    void productsInSinglePrecisionAreRoundedUnlessAllIs(String text, boolean rounded) {
        GpuOptions options = GpuOptions.parse(text);
        assertThat(options.roundsProducts(Provider.cuda(0))).isEqualTo(rounded);
        assertThat(options.roundsProducts(Provider.CPU)).isFalse();
    }

    @Test
    void enginesOfTensorRtAreKept() {
        assertThat(GpuOptions.parse("").forTensorRt(Path.of("engines"), true, "1x64x64"))
                .containsEntry("trt_engine_cache_enable", "1")
                .containsEntry("trt_engine_cache_path", "engines")
                .containsEntry("trt_engine_cache_prefix", "1x64x64")
                .containsEntry("trt_timing_cache_enable", "1")
                .containsEntry("trt_timing_cache_path", "engines");
    }

    @Test
    void otherOptionsPassThrough() {
        GpuOptions options =
                GpuOptions.parse("cuda.prefer_nhwc=1, cuda.use_tf32=0,trt.trt_builder_optimization_level=5");
        assertThat(options.forCuda(false)).containsEntry("prefer_nhwc", "1").containsEntry("use_tf32", "0");
        assertThat(options.forTensorRt(Path.of("engines"), true, "1x64x64"))
                .containsEntry("trt_builder_optimization_level", "5");
    }

    @Test
    void graphsThatWouldRunOnTheCpuInPartAreRefusedWhenAsked() {
        assertThat(GpuOptions.parse("").forSession()).isEmpty();
        assertThat(GpuOptions.parse("only=1").forSession()).containsEntry("session.disable_cpu_ep_fallback", "1");
    }

    @Test
    void theRuntimeIsQuietUnlessAsked() {
        GpuOptions quiet = GpuOptions.parse("");
        assertThat(quiet.log()).isEqualTo(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        assertThat(quiet.profile()).isNull();
        GpuOptions asked = GpuOptions.parse("log=warning,profile=out");
        assertThat(asked.log()).isEqualTo(OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING);
        assertThat(asked.profile()).isEqualTo(Path.of("out"));
    }

    @Test
    void sessionsTellWhatTheirNodesTake(@TempDir Path folder) throws Exception {
        ModelFiles files = NamedModels.files("plain-s-x2");
        System.setProperty(GpuOptions.PROPERTY, "profile=" + folder.resolve("made"));
        try (Weights weights = files.weights()) {
            Form form = Form.ofSamples(new TileShape(1, 16, 16));
            new SessionFactory(PLAIN, weights, 1).of(Provider.CPU, form).close();
        } finally {
            System.clearProperty(GpuOptions.PROPERTY);
        }
        assertThat(folder.resolve("made")).isDirectoryContaining("regex:.*plain-s-x2-1x16x16-[0-9]+_[-_0-9]+\\.json");
    }

    @ParameterizedTest
    @CsvSource({"'', false, true", "planes=never, false, false", "planes=gpu, false, true", "planes=always, true, true"
    })
    void colourIsConvertedWhereABusIsInBetween(String text, boolean onCpu, boolean onGpu) {
        GpuOptions.Planes planes = GpuOptions.parse(text).planes();
        assertThat(planes.on(Provider.CPU)).isEqualTo(onCpu);
        assertThat(planes.on(Provider.cuda(0))).isEqualTo(onGpu);
        assertThat(planes.on(Provider.tensorRt(0))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fast", "planes=1", "precision=int8", "only=yes", "cuda.use_tf32", "log=loud", "profile="})
    void refusesOthersInOneLine(String text) {
        assertThatThrownBy(() -> GpuOptions.parse("only=0," + text))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("-Dupflux.gpu: '" + text + "' is none of ");
    }
}
