package io.upflux.models;

import io.upflux.models.fallback.FallbackResolver;
import io.upflux.models.onnx.Contract;
import io.upflux.models.onnx.ModelFiles;
import io.upflux.models.onnx.OnnxFile;
import io.upflux.models.onnx.OnnxResolver;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * All models there are: trained networks that come with Upflux, those a user has imported, resizers, and any
 * {@code .onnx} file by its path.
 *
 * <pre>{@code
 * Catalogue catalogue = Catalogue.standard();
 * ModelCard card = catalogue.find("plain-s", 2);
 * try (SuperResolver resolver = catalogue.open(card, Device.AUTO)) {
 *     ...
 * }
 * }</pre>
 */
public final class Catalogue {
    /** Follows the name of a network that was also trained on compressed video. */
    private static final String STREAM_KIND = "-stream";

    private static final String SUFFIX = ".onnx";

    private final Shelf bundled;
    private final FolderShelf imported;
    private final Notices notices;
    private final ModelSearch search;
    private final LongAdder inferenceFaults = new LongAdder();

    Catalogue(Shelf bundled, Path importFolder, Notices notices) {
        this.bundled = bundled;
        this.imported = new FolderShelf(importFolder);
        this.notices = notices;
        this.search = new ModelSearch(bundled, imported, this::card, notices);
    }

    /** As {@link #standard(Notices)}, saying nothing. */
    public static Catalogue standard() {
        return standard(Notices.none());
    }

    /**
     * The bundled models and those in the user's folder: {@code $UPFLUX_MODELS}, or else {@code ~/.upflux/models}.
     *
     * @param notices told of choices made for the user
     */
    public static Catalogue standard(Notices notices) {
        String named = System.getenv("UPFLUX_MODELS");
        Path folder = named != null && !named.isBlank()
                ? Path.of(named)
                : Path.of(System.getProperty("user.home", "."), ".upflux", "models");
        return new Catalogue(new BundledShelf(Catalogue.class), folder, notices);
    }

    /** Every model with a name: networks first, then imported files, then resizers in their usual scales. */
    public List<ModelCard> list() {
        List<ModelCard> cards = new ArrayList<>();
        for (Shelf shelf : List.of(bundled, imported)) {
            for (String name : shelf.names()) {
                try {
                    cards.add(card(shelf, name));
                } catch (StreamException e) {
                    notices.warning(e.getMessage() + "; it is left out of the list");
                }
            }
        }
        cards.addAll(Resizers.listed());
        return List.copyOf(cards);
    }

    /**
     * Finds a model.
     *
     * @param name a full name ({@code plain-s-x2}), one without its scale ({@code plain-s}), or the path of an
     *     {@code .onnx} file; null for the default of the scale
     * @param scale wanted; null for 2, or the model's own
     * @throws StreamException in one line: no such model, or not in that scale
     */
    public ModelCard find(@Nullable String name, @Nullable Integer scale) {
        if (name == null) {
            return search.standard(scale, List.of(""));
        }
        if (isPath(name)) {
            ModelCard card = card(ModelFiles.read(Path.of(name)), stemOf(Path.of(name)), name, false);
            return ModelSearch.requireScale(card, name, scale);
        }
        return search.find(name, scale);
    }

    /** What has this full name; empty where nothing has. */
    public Optional<ModelCard> named(String name) {
        return Optional.ofNullable(search.named(name));
    }

    /**
     * As {@link #find}, for video that a codec has compressed a lot: where no name is given and a network was also trained on
     * such video, that kind of it.
     */
    public ModelCard findForStream(@Nullable String name, @Nullable Integer scale) {
        return name == null ? search.standard(scale, List.of(STREAM_KIND, "")) : find(name, scale);
    }

    /** As {@link #open(ModelCard, Device, int)} with a thread per core. */
    public SuperResolver open(ModelCard card, Device device) {
        return open(card, device, 0);
    }

    /** As {@link #open(ModelCard, Device, int, Halting)}, none halting. */
    public SuperResolver open(ModelCard card, Device device, int threads) {
        return open(card, device, threads, Halting.OFF);
    }

    /**
     * Makes a model ready to run.
     *
     * @param card one of {@link #list} or {@link #find}
     * @param threads of one inference on the CPU, 0 for as many as there are cores
     * @param halting whether windows may leave the network early
     * @return to be closed by the caller
     * @throws StreamException in one line, when it cannot be run, or cannot halt and should
     */
    public SuperResolver open(ModelCard card, Device device, int threads, Halting halting) {
        requireHalting(card, halting);
        SuperResolver resizer = Resizers.open(card);
        if (resizer != null) {
            return resizer;
        }
        SuperResolver network = network(card, device, threads, halting);
        boolean onCpu = network.traits().provider().equals(Device.CPU.toString());
        return new FallbackResolver(
                network,
                () -> onCpu ? null : network(card, Device.CPU, threads, halting),
                notices,
                inferenceFaults::increment);
    }

    /**
     * Looks whether windows may leave a model as early as wished.
     *
     * @throws StreamException in one line, when it cannot halt and should, or none would ever reach the threshold
     */
    public void requireHalting(ModelCard card, Halting halting) {
        if (halting.on() && !card.halts()) {
            List<String> able = list().stream()
                    .filter(ModelCard::halts)
                    .map(ModelCard::name)
                    .toList();
            throw new StreamException("model " + card.name() + " cannot halt early; "
                    + (able.isEmpty() ? "no model here can" : "models that can: " + String.join(", ", able)));
        }
        if (!halting.isReachable(card)) {
            int blocks = card.contract().blocks();
            throw new StreamException("halting: " + card.name() + " has " + blocks
                    + " blocks, so a threshold must be less than " + (blocks - 1) + ", not " + halting);
        }
    }

    /** How often inference has failed, in all that was opened here. */
    public long inferenceFaults() {
        return inferenceFaults.sum();
    }

    private SuperResolver network(ModelCard card, Device device, int threads, Halting halting) {
        ModelFiles files = card.bundled() ? bundled.open(card.name()) : ModelFiles.read(Path.of(card.source()));
        return OnnxResolver.open(
                files, card.name(), card.contract(), device.execution(threads), halting.wished(), notices);
    }

    /**
     * Checks a file against the contract by running it: what it declares is measured, what it lacks is probed and said.
     *
     * @throws StreamException in one line, when it is no model that Upflux runs
     */
    public ModelCard verify(Path path) {
        return card(ModelFiles.read(path), stemOf(path), path.toString(), true);
    }

    /**
     * Verifies a model and copies its files into the user's folder, where it is listed from then on under its file name
     * and scale. What a probe had to find out is written into the copy.
     *
     * @param path of its main file
     * @throws StreamException in one line, when it is no such model, lacks a file, or its name is taken
     */
    public ModelCard importFile(Path path) {
        ModelFiles files = ModelFiles.read(path);
        ModelCard card = card(files, stemOf(path), path.toString(), true);
        String name = new ModelImport(imported, taken -> search.named(taken) != null).store(path, files, card);
        return card(imported, name);
    }

    private ModelCard card(Shelf shelf, String name) {
        return card(shelf.open(name), name, shelf.source(name), false);
    }

    private ModelCard card(ModelFiles files, String name, String source, boolean thorough) {
        Contract contract = thorough
                ? OnnxResolver.inspect(files, true, notices)
                : OnnxResolver.declared(files).orElseGet(() -> OnnxResolver.inspect(files, false, notices));
        OnnxFile main = files.main();
        return new ModelCard(
                name, main.parameters(), main.macs(), main.sha256(), source, files.passes(contract.pass()), contract);
    }

    /** Whether {@link #find} takes a name for a file's. */
    public static boolean isPath(String name) {
        return name.toLowerCase(Locale.ROOT).endsWith(SUFFIX) || name.contains("/") || name.contains("\\");
    }

    private static String stemOf(Path path) {
        Path last = path.getFileName();
        String file = last == null ? path.toString() : last.toString();
        return file.toLowerCase(Locale.ROOT).endsWith(SUFFIX)
                ? file.substring(0, file.length() - SUFFIX.length())
                : file;
    }
}
