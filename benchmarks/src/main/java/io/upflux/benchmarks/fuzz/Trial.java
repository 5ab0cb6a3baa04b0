package io.upflux.benchmarks.fuzz;

import io.upflux.pipeline.StreamException;
import io.upflux.server.cli.Console;
import io.upflux.server.cli.UpfluxCommand;
import io.upflux.server.config.ConfigFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Gives one damaged file to the program, inside this process, and judges what the program made of it. */
final class Trial {
    /** Of each input, so that sound ones do not cost more than damaged ones. */
    private static final String SECONDS = "0.3";

    /** Damaged headers state any size; larger ones are refused. */
    private static final String MOST_HEIGHT = "96";

    private final Corpus corpus;
    private final Path folder;

    /** @param folder for the damaged file and what is made of it; empty before and after each */
    Trial(Corpus corpus, Path folder) {
        this.corpus = corpus;
        this.folder = folder;
    }

    /** What was wrong, in one line; empty for nothing. */
    String of(long seed) throws IOException {
        String name = String.valueOf(corpus.original(seed).getFileName());
        Path input = Files.write(folder.resolve(name), corpus.damaged(seed));
        try {
            return name.endsWith(".yml") ? configuration(input) : command(input, name);
        } finally {
            clear();
        }
    }

    private static String configuration(Path input) throws IOException {
        String text = new String(Files.readAllBytes(input), StandardCharsets.UTF_8);
        try {
            ConfigFile.parse("config.yml", text, Map.of());
            return "";
        } catch (StreamException refused) {
            return isOneLine(String.valueOf(refused.getMessage()))
                    ? ""
                    : "more than one line: " + flat(String.valueOf(refused.getMessage()));
        } catch (RuntimeException e) {
            return "configuration: " + flat(e.toString());
        }
    }

    private String command(Path input, String name) throws IOException {
        if (name.endsWith(".onnx")) {
            return judged("models", "verify", input.toString());
        }
        String probed = judged("probe", input.toString());
        if (!probed.isEmpty()) {
            return probed;
        }
        Path output = folder.resolve("out.mkv");
        String found = judged(
                "upscale",
                input.toString(),
                "-o",
                output.toString(),
                "-n",
                "bicubic",
                "--height",
                MOST_HEIGHT,
                "--duration",
                SECONDS,
                "--video-codec",
                "ffv1",
                "--no-progress");
        return found.isEmpty() ? leftovers(input, output) : found;
    }

    /** A run that failed leaves nothing, one that has not a file alone. */
    private String leftovers(Path input, Path output) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<String> others = files.filter(file -> !file.equals(input) && !file.equals(output))
                    .map(file -> String.valueOf(file.getFileName()))
                    .toList();
            return others.isEmpty() ? "" : "left behind: " + others;
        }
    }

    private static String judged(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = UpfluxCommand.execute(new Console(stream(out), stream(err), false), arguments);
        String said = err.toString(StandardCharsets.UTF_8);
        boolean told = code == 0 || said.lines().anyMatch(line -> line.startsWith("upflux: "));
        if (said.contains("internal error") || said.contains("\tat ")) {
            return arguments[0] + ": " + flat(said);
        }
        return (code == 0 || code == 1 || code == 2) && told ? "" : arguments[0] + ": ended with " + code;
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static boolean isOneLine(String text) {
        return !text.contains("\n");
    }

    private static String flat(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    private void clear() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                if (!file.equals(folder)) {
                    Files.delete(file);
                }
            }
        }
    }
}
