package io.upflux.models.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import io.upflux.models.onnx.OnnxGraph.Side;
import io.upflux.models.onnx.OnnxGraph.Tensor;
import io.upflux.models.onnx.ShapeSessions.Form;
import io.upflux.models.onnx.Weights.Initialisers;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver.TileShape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes sessions of one graph. */
final class SessionFactory {
    /** Counts them, since two sessions may be made in the same second. */
    private static final AtomicInteger PROFILES = new AtomicInteger();

    private final PassGraph graph;
    private final Weights weights;
    private final int threads;
    private final boolean judges;

    /** @param weights to be closed after the sessions made here */
    SessionFactory(PassGraph graph, Weights weights, int threads) {
        this(graph, weights, threads, false);
    }

    /** @param judges whether anybody wants to know after how many blocks windows could have halted */
    SessionFactory(PassGraph graph, Weights weights, int threads, boolean judges) {
        this.graph = graph;
        this.weights = weights;
        this.threads = threads;
        this.judges = judges;
    }

    PassGraph graph() {
        return graph;
    }

    /** A session for inputs of any shape that the graph allows. */
    OrtSession anyShape(Provider provider) throws OrtException {
        return make(provider, null);
    }

    /** A session for one shape, so that the runtime plans its memory once and ahead. */
    OrtSession of(Provider provider, Form form) throws OrtException {
        return make(provider, form);
    }

    /** @param form null for any */
    private OrtSession make(Provider provider, @Nullable Form form) throws OrtException {
        OrtEnvironment environment = Ort.environment();
        OnnxFile file = form == null ? graph.file() : trimmed(form);
        OnnxGraph whole = file.graph();
        PlaneCoding coding = form == null ? null : form.coding();
        Map<String, Long> symbols = form == null ? Map.of() : symbols(form.shape());
        try (SessionOptions options = new SessionOptions();
                Initialisers initialisers = weights.of(whole)) {
            forThreads(options, threads);
            boolean fixed = graph.picture().tile() != null || !symbols.isEmpty() || coding != null;
            // Planning ahead costs attention in windows twice the memory (0.9 instead of 0.5 GB a 384x384 tile of
            // adaformer-v-s) and saves it no time.
            options.setMemoryPatternOptimization(fixed && graph.window() == 0);
            for (Map.Entry<String, Long> symbol : symbols.entrySet()) {
                options.setSymbolicDimensionValue(symbol.getKey(), symbol.getValue());
            }
            GpuOptions gpu = GpuOptions.standard();
            Path profiles = gpu.profile();
            if (profiles != null) {
                options.enableProfiling(profile(profiles, form));
            }
            boolean half = provider.onGpu() && gpu.halves(whole) && weights.cover(whole);
            if (provider.onGpu()) {
                addGpu(options, provider, gpu, form);
                if (fixed) {
                    // Where sizes are free some nodes that compute them are the CPU's by design.
                    for (Map.Entry<String, String> entry : gpu.forSession().entrySet()) {
                        options.addConfigEntry(entry.getKey(), entry.getValue());
                    }
                }
            }
            initialisers.addTo(options);
            Path path = file.path();
            boolean rewritten = half || coding != null;
            if (path != null && !rewritten && !(file.isRead() && weights.cover(whole))) {
                return environment.createSession(path.toString(), options);
            }
            ByteBuffer model = half ? ByteBuffer.wrap(HalfGraph.of(file)) : file.bytes();
            if (form != null && coding != null) {
                return environment.createSession(PlaneGraph.of(model, graph.picture(), coding, form.shape()), options);
            }
            byte[] all = new byte[model.remaining()];
            model.get(all);
            return environment.createSession(all, options);
        }
    }

    /** The graph with what batches of a form read of it. Of one that is tried out all may be asked. */
    private OnnxFile trimmed(Form form) {
        OnnxFile whole = graph.file();
        Set<String> all = whole.graph().outputs().stream().map(Tensor::name).collect(Collectors.toSet());
        Set<String> read = new HashSet<>(all);
        // What a key graph says of it is for those who train.
        if (graph.declared().pass() != null && !(judges && graph.takesLists())) {
            read.remove(PassGraph.CONFIDENCE);
        }
        if (form.bare()) {
            read.remove(PassGraph.FEATURES);
        }
        return read.equals(all) || !whole.isRead() || !weights.cover(whole.graph())
                ? whole
                : OnnxFile.of(whole.label(), TrimmedGraph.of(whole.bytes(), read));
    }

    /** Whether the graph can be rewritten so that it converts between planes. */
    boolean convertsPlanes() {
        OnnxFile file = graph.file();
        return file.isRead() && weights.cover(file.graph()) && PlaneGraph.suits(file);
    }

    /** So that a session leaves the cores to others when it does not compute. */
    static void forThreads(SessionOptions options, int threads) throws OrtException {
        options.setSessionLogLevel(GpuOptions.standard().log());
        options.setExecutionMode(ExecutionMode.SEQUENTIAL);
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        // Decoder and encoder need the cores between two inferences.
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
    }

    private void addGpu(SessionOptions options, Provider provider, GpuOptions gpu, @Nullable Form form)
            throws OrtException {
        if (provider.kind() == Provider.Kind.TENSORRT) {
            Path engines = engines();
            try (OrtTensorRTProviderOptions own = new OrtTensorRTProviderOptions(provider.device())) {
                for (Map.Entry<String, String> option :
                        gpu.forTensorRt(engines, gpu.inHalf(graph), sides(form)).entrySet()) {
                    own.add(option.getKey(), option.getValue());
                }
                options.addTensorrt(own);
            }
        }
        try (OrtCUDAProviderOptions own = new OrtCUDAProviderOptions(provider.device())) {
            for (Map.Entry<String, String> option :
                    gpu.forCuda(graph.takesLists()).entrySet()) {
                own.add(option.getKey(), option.getValue());
            }
            options.addCUDA(own);
        }
    }

    private static String sides(@Nullable Form form) {
        if (form == null) {
            return "any";
        }
        TileShape shape = form.shape();
        return shape.batch() + "x" + shape.height() + "x" + shape.width();
    }

    /** Path to which the runtime adds the time and its extension. */
    private String profile(Path folder, @Nullable Form form) {
        String name = graph.label().replaceAll(".*[/\\\\]", "") + "-" + sides(form)
                + (form != null && form.coding() != null ? "-planes" : "");
        return made(folder, "what sessions take")
                .resolve(name + "-" + PROFILES.incrementAndGet())
                .toString();
    }

    /** TensorRT would make the last folder of the path only. */
    private Path engines() {
        return made(
                CacheFolder.path().resolve("tensorrt").resolve(graph.file().sha256()),
                "TensorRT's engines; set UPFLUX_CACHE");
    }

    private static Path made(Path folder, String toKeep) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StreamException(folder + ": cannot be made: " + e.getMessage() + "; it is to keep " + toKeep, e);
        }
    }

    /** Names of free sides with their values; empty when a name is missing or would need two values. */
    private Map<String, Long> symbols(TileShape shape) {
        List<Side> sides = graph.picture().input().sides();
        if (sides.size() != 4) {
            return Map.of();
        }
        long channels = graph.picture().channels();
        long[] values = {shape.batch(), channels, shape.height(), shape.width()};
        Map<String, Long> symbols = new HashMap<>();
        for (int i = 0; i < 4; i++) {
            Side side = sides.get(i);
            if (side.fixed()) {
                continue;
            }
            if (i == 1 || side.symbol().isEmpty()) {
                return Map.of();
            }
            Long other = symbols.putIfAbsent(side.symbol(), values[i]);
            if (other != null && other != values[i]) {
                return Map.of();
            }
        }
        // Lists stay free: how long they are depends on what a picture needs.
        return symbols;
    }
}
