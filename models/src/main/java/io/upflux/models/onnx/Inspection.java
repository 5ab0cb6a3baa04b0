package io.upflux.models.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import io.upflux.models.onnx.Contract.Format;
import io.upflux.models.onnx.Contract.Range;
import io.upflux.models.onnx.Contract.Size;
import io.upflux.models.onnx.Execution.Gpu;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Completes a file's contract: what its metadata declares is checked against the graph and one run; what it lacks is
 * found by probing and said aloud in one line.
 */
final class Inspection {
    /** Of the picture that a network is tried on, or the next multiple of {@link Contract#align}. */
    static final int PROBE_SIDE = 64;

    private static final int LEAST_CORE = 8;

    private final PassGraph main;
    private final String label;
    private final GraphCheck graph;
    private final Declaration declared;
    private final Notices notices;

    private Inspection(PassGraph main, Notices notices) {
        this.main = main;
        this.label = main.label();
        this.declared = main.declared();
        this.graph = main.picture();
        this.notices = notices;
    }

    /**
     * The contract where the file declares all of it; nothing is run and no runtime loaded.
     *
     * @return null when something must be probed
     * @throws StreamException when it cannot be a model that Upflux runs, or contradicts itself
     */
    static @Nullable Contract declared(ModelFiles files) {
        Inspection inspection = new Inspection(ModelGraphs.of(files).main(), Notices.none());
        Declaration declared = inspection.declared;
        Integer channels = inspection.declaredChannels();
        Integer scale = declared.scale();
        if (channels == null || scale == null || !declared.missing().isEmpty()) {
            return null;
        }
        return inspection.contract(channels, scale, null);
    }

    /**
     * The contract, checked and completed by running the main file on the CPU.
     *
     * @param thorough whether declared facts are measured, too
     * @throws StreamException when it is no model that Upflux runs, or contradicts itself
     */
    static Contract inspect(ModelFiles files, boolean thorough, Notices notices) {
        ModelGraphs graphs = ModelGraphs.of(files);
        Inspection inspection = new Inspection(graphs.main(), notices);
        Execution cpu = new Execution(Gpu.NEVER, 0, 0);
        try (Weights weights = files.weights();
                Started started = inspection.start(cpu, weights, Range.UNIT)) {
            Prober prober = started.prober();
            Contract contract = inspection.contract(prober.channels(), prober.scale(), prober);
            if (thorough) {
                inspection.measure(contract, prober);
                new PassComparison(graphs, weights, contract, cpu.threadsOrCores()).check(started.session());
            }
            return contract;
        }
    }

    /**
     * Picks the provider by running a graph on it.
     *
     * @param contract the model's
     */
    static Provider tryOut(PassGraph graph, Weights weights, Contract contract, Execution execution, Notices notices) {
        Inspection inspection = new Inspection(graph, notices);
        try (Started started = inspection.start(execution, weights, contract.range())) {
            inspection.contradiction("scale", contract.scale(), started.prober().scale());
            return started.session().provider();
        }
    }

    /** @param range of what a device is tried with */
    private Started start(Execution execution, Weights weights, Range range) {
        // Loads the library first, so that its absence has a message of its own.
        Ort.environment();
        Set<OrtProvider> available = OrtEnvironment.getAvailableProviders();
        return new ProviderChoice(execution, available, notices)
                .choose(label, provider -> start(provider, execution, weights, range));
    }

    private record Started(ProbeSession session, Prober prober) implements AutoCloseable {
        @Override
        public void close() {
            session.close();
        }
    }

    private Started start(Provider provider, Execution execution, Weights weights, Range range) throws OrtException {
        Integer align = declared.align();
        Size wanted = declared.tile();
        if (wanted == null && align != null) {
            int side = (PROBE_SIDE + align - 1) / align * align;
            wanted = new Size(side, side);
        }
        ProbeSession session = session(provider, execution, weights);
        try {
            Prober prober = Prober.start(label, graph, session, wanted);
            if (provider.onGpu()) {
                try (ProbeSession cpu = session(Provider.CPU, execution, weights)) {
                    ProviderCheck.check(session, cpu, prober.detailed(range));
                }
            }
            return new Started(session, prober);
        } catch (OrtException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private ProbeSession session(Provider provider, Execution execution, Weights weights) throws OrtException {
        OrtSession made = new SessionFactory(main, weights, execution.threadsOrCores()).anyShape(provider);
        return new ProbeSession(made, main, provider);
    }

    private @Nullable Integer declaredChannels() {
        if (graph.channels() != 0) {
            return graph.channels();
        }
        for (Format format : Format.values()) {
            if (format.toString().equals(declared.format())) {
                return format.channels();
            }
        }
        return null;
    }

    /** @param prober null when nothing is missing */
    private Contract contract(int channels, int scale, @Nullable Prober prober) {
        Format format = graph.format(channels);
        contradiction("format", declared.format(), format.toString());
        contradiction("scale", declared.scale(), scale);
        Size tile = tile();
        int batch = batch();
        Range range = declared.range();
        Integer align = declared.align();
        Integer halo = declared.halo();
        if (declared.scale() == null || range == null || align == null || halo == null) {
            if (prober == null) {
                throw new IllegalStateException("nothing to probe with");
            }
            Range seen = range == null ? prober.range() : range;
            range = seen == null ? Range.UNIT : seen;
            align = align == null ? prober.align() : align;
            int reach = halo == null ? prober.reach(align, range) : halo;
            halo = reach < 0 ? conservativeHalo(tile) : reach;
            say(scale, range, seen == null, align, halo, reach < 0);
        }
        if (tile != null && Math.min(tile.width(), tile.height()) < 2 * halo + LEAST_CORE) {
            throw new StreamException(
                    label + ": its tile of " + tile + " has no room for a core beside a halo of " + halo + " pixels");
        }
        return new Contract(
                orElse(declared.network(), "imported"),
                scale,
                main.pass(),
                format,
                range,
                orElse(declared.colour(), format.channels() == 1 ? "y" : "rgb"),
                align,
                declared.window() == null ? 0 : declared.window(),
                tile,
                batch,
                halo,
                declared.blocks() == null ? 0 : declared.blocks(),
                orElse(declared.context(), ""),
                orElse(declared.licence(), ""),
                orElse(declared.training(), ""),
                declared.psnr(),
                orElse(declared.state(), "imported"));
    }

    private void say(int scale, Range range, boolean rangeAssumed, int align, int halo, boolean haloAssumed) {
        notices.info(label + ": says nothing of its " + String.join(", ", declared.missing())
                + "; a probe run found scale " + scale + ", white " + (range == Range.UNIT ? "1" : "255")
                + (rangeAssumed ? " (assumed)" : "")
                + (graph.tile() == null ? ", sides in steps of " + align : ", tiles of " + graph.tile() + " only")
                + ", halo " + halo
                + (haloAssumed ? " (assumed: it sees farther than that, so joins of tiles may show)" : ""));
    }

    private void measure(Contract contract, Prober prober) {
        int align = prober.align();
        if (contract.align() % align != 0) {
            throw new StreamException(label + ": its metadata says upflux.align = " + contract.align()
                    + ", but it runs only in steps of " + align);
        }
        // What a key graph sees of the whole picture is no matter of its halo.
        int reach = main.pass() == Pass.KEY ? 0 : prober.reach(contract.align(), contract.range());
        if (reach < 0 || reach > contract.halo()) {
            notices.warning(label + ": its output depends on pixels " + (reach < 0 ? "far away" : reach + " away")
                    + ", beyond its halo of " + contract.halo() + ": joins of tiles may show");
        }
        Range range = prober.range();
        if (range != null && range != contract.range()) {
            notices.warning(label + ": its metadata says upflux.range = " + contract.range()
                    + ", but grey stays grey only in " + range);
        }
    }

    private @Nullable Size tile() {
        Size said = declared.tile();
        Size taken = graph.tile();
        if (taken == null) {
            return said;
        }
        if ("free".equals(main.file().graph().metadata().get(MetadataReader.PREFIX + "tile"))) {
            contradiction("tile", "free", taken.toString());
        }
        contradiction("tile", said, taken);
        return taken;
    }

    private int batch() {
        Integer said = declared.batch();
        if (graph.batch() == 0) {
            return said == null ? 0 : said;
        }
        contradiction("batch", said, graph.batch());
        return graph.batch();
    }

    private void contradiction(String key, @Nullable Object said, Object found) {
        if (said != null && !said.equals(found)) {
            throw new StreamException(label + ": its metadata says upflux." + key + " = "
                    + (Objects.equals(said, 0) ? "free" : said) + ", but its graph says " + found);
        }
    }

    private static int conservativeHalo(@Nullable Size tile) {
        return tile == null
                ? Prober.CONSERVATIVE_HALO
                : Math.min(Prober.CONSERVATIVE_HALO, Math.min(tile.width(), tile.height()) / 4);
    }

    private static String orElse(@Nullable String value, String other) {
        return value == null ? other : value;
    }
}
