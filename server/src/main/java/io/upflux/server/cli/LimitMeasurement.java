package io.upflux.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.models.Catalogue;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.SuperResolver;
import io.upflux.server.bench.LimitBench;
import io.upflux.server.bench.LimitTable;
import io.upflux.server.bench.MemoryBench;
import io.upflux.server.bench.MemoryLimit;
import io.upflux.server.bench.NetworkLimit;
import io.upflux.server.bench.ScalingBench;
import io.upflux.server.bench.ScalingPlot;
import io.upflux.server.bench.ScalingResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** {@code upflux bench --limits} and {@code --scaling}: beside what a machine can do at most, and in proportion. */
final class LimitMeasurement {
    private static final int ROUNDS = 9;
    private static final int MEMORY_ROUNDS = 25;
    private static final int FRAMES = 48;

    /** Smallest and largest scale that networks have. */
    private static final int LEAST_SCALE = 2;

    private static final int MOST_SCALE = 4;

    private static final String SCALING_MODEL = "plain-s";

    private final Console console;
    private final ModelOptions models;
    private final TableFolder tables;
    private final Consumer<String> step;
    private final int scale;
    private final int frames;
    private final boolean json;

    /**
     * @param frames most of each step; rounds where nothing has frames
     * @param json whether each result is also a line on standard output
     */
    LimitMeasurement(
            Console console,
            ModelOptions models,
            TableFolder tables,
            Consumer<String> step,
            int scale,
            int frames,
            boolean json) {
        this.console = console;
        this.models = models;
        this.tables = tables;
        this.step = step;
        this.scale = scale;
        this.frames = frames;
        this.json = json;
    }

    /** @param size of the picture that networks and copies are measured with */
    void limits(Catalogue catalogue, PictureSize size) {
        List<NetworkLimit> networks = new ArrayList<>();
        LimitBench bench = new LimitBench(size.width(), size.height(), Math.min(frames, ROUNDS));
        for (ModelCard card : networks(catalogue)) {
            step.accept(card.name());
            try (SuperResolver resolver = models.open(catalogue, card)) {
                NetworkLimit limit = bench.measure(resolver, card.macs(), models.threads());
                line("network", limit);
                networks.add(limit);
            }
        }
        step.accept("steps that move memory");
        List<MemoryLimit> memory =
                new MemoryBench(size.width() * scale, size.height() * scale, Math.min(frames, MEMORY_ROUNDS)).measure();
        memory.forEach(limit -> line("memory", limit));
        show("limits.md", LimitTable.ofNetworks(networks) + "\n" + LimitTable.ofMemory(memory));
    }

    /** @param size of the largest frames */
    void scaling(Catalogue catalogue, PictureSize size) {
        String family = models.model() == null ? SCALING_MODEL : models.model();
        ModelCard card = catalogue.find(family, scale);
        List<Supplier<SuperResolver>> scales = new ArrayList<>();
        for (ModelCard other : catalogue.list()) {
            if (other.scale() >= LEAST_SCALE
                    && other.scale() <= MOST_SCALE
                    && other.contract().network().equals(card.contract().network())) {
                scales.add(() -> models.open(catalogue, other));
            }
        }
        List<ScalingResult> results = new ScalingBench(
                        () -> models.open(catalogue, card), Math.min(frames, FRAMES), step)
                .batches()
                .streams()
                .scales(scales)
                .sizes((long) size.width() * size.height())
                .results();
        results.forEach(result -> line("scaling", result));
        show("scaling.md", LimitTable.ofScaling(results));
        tables.save("scaling.svg", ScalingPlot.of(results));
    }

    /** Those asked for, or all whose arithmetic is known; streams' weights make no difference. */
    private List<ModelCard> networks(Catalogue catalogue) {
        String asked = models.model();
        if (asked != null) {
            return ReuseBenchOptions.models(asked).stream()
                    .map(name -> catalogue.find(name, scale))
                    .toList();
        }
        return catalogue.list().stream()
                .filter(card -> card.macs() > 0 && card.scale() == scale)
                .filter(card -> !card.contract().network().contains("-stream"))
                .toList();
    }

    private void line(String event, Object result) {
        if (json) {
            ObjectNode line = JsonLines.event(event);
            line.setAll((ObjectNode) JsonLines.tree(result));
            new JsonLines(console.out()).write(line);
        }
    }

    private void show(String name, String table) {
        console.clearStatus();
        table.lines().forEach(console::say);
        tables.save(name, table);
    }
}
