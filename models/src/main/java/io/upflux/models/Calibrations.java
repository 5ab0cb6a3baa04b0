package io.upflux.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.models.onnx.CacheFolder;
import io.upflux.models.onnx.OnnxRuntimeBuild;
import io.upflux.pipeline.Calibration;
import io.upflux.pipeline.Calibrator;
import io.upflux.pipeline.Calibrator.Measured;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What has been measured of models on this machine, kept in a file of the user's. A file that cannot be read counts as
 * empty, one that cannot be written is not: models are then measured whenever they are wanted. Of processes that write at
 * once the last one's file stays, whole.
 */
public final class Calibrations {
    /** Frames from which on it is worth measuring for a file: it takes as long as a few. */
    public static final long WORTH_FRAMES = 256;

    /** Of the file's form, and of what is measured. */
    private static final int VERSION = 2;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path file;
    private final LongSupplier nanos;

    Calibrations(Path folder, LongSupplier nanos) {
        this.file = folder.resolve("calibration.json");
        this.nanos = nanos;
    }

    /** Those in the user's {@link CacheFolder}. */
    public static Calibrations standard() {
        return new Calibrations(CacheFolder.path(), System::nanoTime);
    }

    public Path file() {
        return file;
    }

    /** How many are kept. */
    public int size() {
        return read().size();
    }

    /**
     * What is known of a model; what is not is measured, if wanted, and kept unless the machine was too busy to tell. Blocks
     * while it measures, for 3 s at most, longer where the model is slow.
     *
     * @param resolver the model, open, and used by nobody else meanwhile
     * @param threads it was opened with, 0 for as many as there are cores
     * @param measure whether it is worth measuring
     * @return empty where nothing is known, and always where it computes no squares by themselves
     */
    public Optional<Calibration> of(SuperResolver resolver, ModelCard card, int threads, boolean measure) {
        String sha256 = card.sha256();
        if (sha256 == null) {
            return Optional.empty();
        }
        String key = key(resolver, sha256, threads);
        Calibration kept = parse(read().path(key));
        if (kept != null || !measure) {
            return Optional.ofNullable(kept);
        }
        try {
            Optional<Measured> measured = Calibrator.measure(resolver, nanos);
            measured.filter(Measured::borneOut).ifPresent(one -> keep(key, one.calibration()));
            return measured.map(Measured::calibration);
        } catch (StreamException e) {
            // It may run all the same, and else will say so.
            return Optional.empty();
        }
    }

    /** As a calibration is written. */
    public static ObjectNode json(Calibration calibration) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        ObjectNode costs = node.putObject("costs");
        calibration.bySide().forEach((side, cost) -> costs.put(side.toString(), cost));
        return node.put("pixelSeconds", calibration.pixelSeconds());
    }

    /** Null when this is none. */
    public static @Nullable Calibration parse(JsonNode node) {
        if (!node.path("costs").isObject() || !node.path("pixelSeconds").isNumber()) {
            return null;
        }
        try {
            Map<Integer, Double> costs = new HashMap<>();
            node.path("costs")
                    .fields()
                    .forEachRemaining(cost -> costs.put(
                            Integer.parseInt(cost.getKey()), cost.getValue().asDouble()));
            return new Calibration(costs, node.path("pixelSeconds").asDouble());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** All that time depends on. */
    private static String key(SuperResolver resolver, String sha256, int threads) {
        int all = Runtime.getRuntime().availableProcessors();
        return String.join(
                " | ",
                sha256,
                resolver.traits().provider(),
                resolver.traits().window() > 0 ? "halting" : "whole",
                (threads > 0 ? threads : all) + " of " + all + " threads",
                "ONNX Runtime " + OnnxRuntimeBuild.present().version(),
                processor());
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8)) {
            return lines.filter(line -> line.toLowerCase(Locale.ROOT).startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch", ""));
        } catch (IOException | UncheckedIOException e) {
            return System.getenv().getOrDefault("PROCESSOR_IDENTIFIER", System.getProperty("os.arch", ""));
        }
    }

    private JsonNode read() {
        try {
            JsonNode all = MAPPER.readTree(Files.readAllBytes(file));
            return all.path("version").asInt() == VERSION ? all.path("models") : MAPPER.createObjectNode();
        } catch (IOException absent) {
            return MAPPER.createObjectNode();
        }
    }

    private void keep(String key, Calibration calibration) {
        ObjectNode all = MAPPER.createObjectNode().put("version", VERSION);
        ObjectNode models = all.putObject("models");
        if (read() instanceof ObjectNode before) {
            models.setAll(before);
        }
        models.set(key, json(calibration));
        Path folder = file.toAbsolutePath().getParent();
        Path partial = null;
        try {
            Files.createDirectories(folder);
            partial = Files.createTempFile(folder, "calibration-", ".partial");
            Files.write(partial, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(all));
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException unwritable) {
            remove(partial);
        }
    }

    private static void remove(@Nullable Path partial) {
        try {
            if (partial != null) {
                Files.deleteIfExists(partial);
            }
        } catch (IOException left) {
            // A small file in a folder of caches.
        }
    }
}
