package io.upflux.benchmarks.fuzz;

import io.upflux.models.onnx.Pass;
import io.upflux.pipeline.StreamException;
import io.upflux.server.cli.Console;
import io.upflux.server.cli.UpfluxCommand;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.segment.WorkFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Gives one damaged file to the program, inside this process, and judges what the program made of it. */
final class Trial {
    /** Of each input, so that sound ones do not cost more than damaged ones. */
    private static final List<String> BEGINNING = List.of("--duration", "0.3");

    /** Of those that are cut: two segments of the shortest kind. */
    private static final List<String> PIECES = List.of("--duration", "2", "--segment", "1", "--jobs", "2");

    private static final int CUT = 4;

    /** Extensions, each with an encoder that is fast: what one container copies the other converts. */
    private static final List<List<String>> WRITTEN =
            List.of(List.of("mkv", "ffv1"), List.of("mp4", "mpeg4"), List.of("webm", "libvpx"), List.of("ts", "mpeg4"));

    /** Damaged headers state any size; larger ones are refused. */
    private static final String MOST_HEIGHT = "96";

    /** Of pictures that a network has spoilt, kept to be looked at. */
    private static final Pattern SPOILT = Pattern.compile(".*\\.(source|upscaled)\\.png");

    /** What is said only of networks that have made something. */
    private static final Pattern RAN = Pattern.compile(
            "while running|fails on a probe picture|makes [0-9]+x[0-9]+ of|channels and returns"
                    + "|cannot run it: its output has|runs only in steps|but its graph says|makes another picture than");

    private final Corpus corpus;
    private final Path folder;
    private Reach reach = Reach.NONE;

    /** @param folder for the damaged file and what is made of it; empty before and after each */
    Trial(Corpus corpus, Path folder) {
        this.corpus = corpus;
        this.folder = folder;
    }

    /** How far a network has come, as far as what was said tells. */
    enum Reach {
        /** No network. */
        NONE,
        /** It was refused before the runtime saw it. */
        READ,
        /** The runtime was asked to make a session of it. */
        LOADED,
        /** It has computed a picture. */
        RUN
    }

    /** What was wrong, in one line; empty for nothing. */
    String of(long seed) throws IOException {
        reach = Reach.NONE;
        Path original = corpus.original(seed);
        String name = String.valueOf(original.getFileName());
        try {
            if (name.endsWith(".onnx")) {
                copyNeighbours(original);
            }
            Path input = Files.write(folder.resolve(name), corpus.input(seed));
            if (name.endsWith(".yml")) {
                return configuration(input);
            }
            return name.endsWith(".onnx") ? network() : media(input, seed);
        } finally {
            clear();
        }
    }

    /** How far the last one came. */
    Reach reach() {
        return reach;
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

    private String media(Path input, long seed) throws IOException {
        String probed = judged(run("probe", input.toString()));
        if (!probed.isEmpty()) {
            return probed;
        }
        List<String> written = WRITTEN.get(Math.floorMod(seed, WRITTEN.size()));
        boolean cut = corpus.isMade(corpus.original(seed)) && Math.floorMod(seed / WRITTEN.size(), CUT) == 0;
        List<String> how = new ArrayList<>(List.of("-n", "bicubic", "--height", MOST_HEIGHT));
        how.addAll(cut ? PIECES : BEGINNING);
        return upscaled(input, written, how);
    }

    /** Checks the network, then uses it: what does not pass the check may still be used. */
    private String network() throws IOException {
        Path leader;
        try (Stream<Path> files = Files.list(folder)) {
            leader = files.filter(file -> Pass.namesLeader(String.valueOf(file.getFileName())))
                    .findFirst()
                    .orElseThrow();
        }
        Answer verified = run("models", "verify", leader.toString());
        reach = verified.reach();
        String found = judged(verified);
        List<String> how = new ArrayList<>(List.of("-n", leader.toString()));
        how.addAll(BEGINNING);
        return found.isEmpty() ? upscaled(corpus.clip(), WRITTEN.get(0), how) : found;
    }

    /** @param written extension and encoder */
    private String upscaled(Path input, List<String> written, List<String> how) throws IOException {
        Set<Path> before = listed();
        Path output = folder.resolve("out." + written.get(0));
        List<String> command = new ArrayList<>(List.of("upscale", input.toString(), "-o", output.toString()));
        command.addAll(how);
        command.addAll(List.of("--video-codec", written.get(1), "--no-progress"));
        Answer answer = run(command.toArray(String[]::new));
        String found = judged(answer);
        if (!found.isEmpty()) {
            return found;
        }
        // A run that failed leaves nothing but spoilt pictures and segments that it told of, one that has not a file
        // alone.
        Set<Path> left = listed();
        left.removeAll(before);
        left.remove(output);
        if (answer.code() != 0 && answer.text().contains(" segments are kept in ")) {
            left.remove(WorkFolder.of(output));
        }
        left.removeIf(file -> SPOILT.matcher(String.valueOf(file.getFileName())).matches());
        return left.isEmpty() ? "" : "left behind: " + left;
    }

    private Set<Path> listed() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.collect(Collectors.toCollection(HashSet::new));
        }
    }

    /** What a command ended with, and said. */
    private record Answer(String command, int code, String text) {
        /** At least. */
        Reach reach() {
            if (code == 0 || RAN.matcher(text).find()) {
                return Reach.RUN;
            }
            return text.contains("ONNX Runtime cannot run it") ? Reach.LOADED : Reach.READ;
        }
    }

    private static Answer run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = UpfluxCommand.execute(new Console(stream(out), stream(err), false), arguments);
        return new Answer(arguments[0], code, err.toString(StandardCharsets.UTF_8));
    }

    private static String judged(Answer answer) {
        String said = answer.text();
        int code = answer.code();
        boolean told = code == 0 || said.lines().anyMatch(line -> line.startsWith("upflux: "));
        if (said.contains("internal error") || said.contains("\tat ")) {
            return answer.command() + ": " + flat(said);
        }
        return (code == 0 || code == 1 || code == 2) && told ? "" : answer.command() + ": ended with " + code;
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

    private void copyNeighbours(Path original) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(String.valueOf(original.getParent())))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(String.valueOf(file.getFileName())));
            }
        }
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
