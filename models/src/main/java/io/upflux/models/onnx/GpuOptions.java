package io.upflux.models.onnx;

import ai.onnxruntime.OrtLoggingLevel;
import io.upflux.pipeline.StreamException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How sessions run on NVIDIA's GPUs. What is not said here is left to ONNX Runtime: attention without a bias goes through
 * its flash kernels in half precision as it is.
 *
 * @param precision of products
 * @param locked whether memory is kept in its pages, so that the GPU copies it by itself
 * @param planes where pictures go in and come out as planes of code values
 * @param onlyGpu whether a graph with a node that would run on the CPU is refused, rather than copied to and fro
 * @param cuda more options of its CUDA provider
 * @param tensorRt more options of its TensorRT provider
 * @param log what ONNX Runtime says on standard error by itself, on the CPU, too
 * @param profile folder for what each node of each session takes, likewise; null for none
 */
record GpuOptions(
        Precision precision,
        boolean locked,
        Planes planes,
        boolean onlyGpu,
        Map<String, String> cuda,
        Map<String, String> tensorRt,
        OrtLoggingLevel log,
        @Nullable Path profile) {
    /**
     * For measurements: {@code precision=fp16|tf32|fp32}, {@code locked=0}, {@code planes=never|gpu|always}, {@code only=1},
     * {@code cuda.KEY=VALUE}, {@code trt.KEY=VALUE}, {@code log=verbose|info|warning|error|fatal}, {@code profile=FOLDER}.
     */
    static final String PROPERTY = "upflux.gpu";

    private static final String TF32 = "use_tf32";

    /** What sums are made of; they are themselves of single precision in all three. */
    enum Precision {
        /** Graphs that Upflux exported compute in float16, as their weights are stored. */
        FP16,
        /** Single precision whose factors are rounded to 10 bits, as many as float16 has. */
        TF32,
        FP32
    }

    /** Which sessions convert colour themselves. */
    enum Planes {
        NEVER,
        /** Those on a GPU: fewer bytes cross the bus, and no processor converts them. */
        GPU,
        /** On the CPU, too, which has no bus to save, and takes longer over it than {@link io.upflux.colour.TileReader}. */
        ALWAYS;

        /** Whether those of a provider do. TensorRT would do it in float16, and wants kernels that are constants. */
        boolean on(Provider provider) {
            return provider.kind() != Provider.Kind.TENSORRT && (this == ALWAYS || (this == GPU && provider.onGpu()));
        }
    }

    /** What the system property says, commas between its parts. */
    static GpuOptions standard() {
        return parse(System.getProperty(PROPERTY, ""));
    }

    /** @throws StreamException in one line, when a part is none of those */
    static GpuOptions parse(String text) {
        Precision precision = Precision.FP16;
        boolean locked = true;
        Planes planes = Planes.GPU;
        boolean onlyGpu = false;
        Map<String, String> cuda = new LinkedHashMap<>();
        Map<String, String> tensorRt = new LinkedHashMap<>();
        // Every failure arrives as an exception, which its log would only repeat.
        OrtLoggingLevel log = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
        Path profile = null;
        for (String part : text.isBlank() ? new String[0] : text.strip().split("\\s*,\\s*")) {
            String[] pair = part.split("=", 2);
            String value = pair.length == 2 ? pair[1] : "";
            if (pair[0].equals("precision") && value.matches("fp16|tf32|fp32")) {
                precision = Precision.valueOf(value.toUpperCase(Locale.ROOT));
            } else if (pair[0].equals("locked") && value.matches("[01]")) {
                locked = value.equals("1");
            } else if (pair[0].equals("planes") && value.matches("never|gpu|always")) {
                planes = Planes.valueOf(value.toUpperCase(Locale.ROOT));
            } else if (pair[0].equals("only") && value.matches("[01]")) {
                onlyGpu = value.equals("1");
            } else if (pair[0].startsWith("cuda.") && !value.isEmpty()) {
                cuda.put(pair[0].substring(5), value);
            } else if (pair[0].startsWith("trt.") && !value.isEmpty()) {
                tensorRt.put(pair[0].substring(4), value);
            } else if (pair[0].equals("log") && value.matches("verbose|info|warning|error|fatal")) {
                log = OrtLoggingLevel.valueOf("ORT_LOGGING_LEVEL_" + value.toUpperCase(Locale.ROOT));
            } else if (pair[0].equals("profile") && !value.isEmpty()) {
                profile = Path.of(value);
            } else {
                throw new StreamException("-D" + PROPERTY + ": '" + part
                        + "' is none of precision=fp16|tf32|fp32, locked=0|1, planes=never|gpu|always, only=0|1,"
                        + " cuda.KEY=VALUE, trt.KEY=VALUE, log=verbose|info|warning|error|fatal, profile=FOLDER");
            }
        }
        return new GpuOptions(precision, locked, planes, onlyGpu, cuda, tensorRt, log, profile);
    }

    /**
     * Of the CUDA provider.
     *
     * @param lists whether inputs are as long as a picture needs, another length each time
     */
    Map<String, String> forCuda(boolean lists) {
        Map<String, String> options = new LinkedHashMap<>();
        // With cuDNN 9 nothing is timed: this is its first set of heuristics, the default EXHAUSTIVE the second,
        // which is slower to ask, and DEFAULT its fallback, whose kernels may be very slow.
        options.put("cudnn_conv_algo_search", "HEURISTIC");
        options.put("cudnn_conv_use_max_workspace", "1");
        options.put("arena_extend_strategy", lists ? "kNextPowerOfTwo" : "kSameAsRequested");
        // Without it ONNX Runtime keeps convolutions off the tensor cores, also those in float16.
        options.put(TF32, precision == Precision.FP32 ? "0" : "1");
        options.putAll(cuda);
        return options;
    }

    /**
     * Of the TensorRT provider.
     *
     * @param cache folder of this very model: engines are told apart by the form of a graph, not by its weights
     * @param half whether the graph computes in float16; TensorRT would round others, too
     * @param shape of its inputs, which does not tell engines apart by itself either
     */
    Map<String, String> forTensorRt(Path cache, boolean half, String shape) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("trt_fp16_enable", half ? "1" : "0");
        options.put("trt_engine_cache_enable", "1");
        options.put("trt_engine_cache_path", cache.toString());
        options.put("trt_engine_cache_prefix", shape);
        options.put("trt_timing_cache_enable", "1");
        options.put("trt_timing_cache_path", cache.toString());
        options.putAll(tensorRt);
        return options;
    }

    /** Of a session of one shape. */
    Map<String, String> forSession() {
        return onlyGpu ? Map.of("session.disable_cpu_ep_fallback", "1") : Map.of();
    }

    /** Whether sessions round what products in single precision are made of, which in graphs rewritten to float16 are colour's. */
    boolean roundsProducts(Provider provider) {
        return provider.onGpu() && !"0".equals(forCuda(false).get(TF32));
    }

    /** Whether a graph computes in float16, by itself or rewritten. */
    boolean inHalf(PassGraph graph) {
        OnnxGraph whole = graph.file().graph();
        return graph.picture().half() || whole.halfArithmetic() || halves(whole);
    }

    /** Whether a graph is to be rewritten. */
    boolean halves(OnnxGraph graph) {
        return precision == Precision.FP16 && HalfGraph.suits(graph);
    }
}
