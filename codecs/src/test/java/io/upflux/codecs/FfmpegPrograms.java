package io.upflux.codecs;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;

/** The ffmpeg and ffprobe programs that come inside the presets' jar: makers and judges of test media. */
public final class FfmpegPrograms {
    private static final Path PROGRAMS = programs();
    private static final Path SHIMS = shims();

    private FfmpegPrograms() {}

    /** Runs ffmpeg quietly, overwriting outputs, and fails with its messages. */
    public static void ffmpeg(String... arguments) {
        List<String> command = new ArrayList<>(List.of("-nostdin", "-hide_banner", "-v", "error", "-y"));
        command.addAll(List.of(arguments));
        run("ffmpeg", command);
    }

    /** Makes a file of a source of FFmpeg's own, such as {@code testsrc2=size=64x48:duration=1}, and returns it. */
    public static Path clip(Path file, String source, String... arguments) {
        List<String> command = new ArrayList<>(List.of("-f", "lavfi", "-i", source));
        command.addAll(List.of(arguments));
        command.add("file:" + file);
        ffmpeg(command.toArray(String[]::new));
        return file;
    }

    /** Runs ffprobe and returns what it prints. */
    public static String ffprobe(String... arguments) {
        return run("ffprobe", List.of(arguments));
    }

    /** A line for each packet of a stream, such as {@code a:0}: wanted entries, commas between them. */
    public static List<String> packets(Path file, String stream, String entries) {
        return ffprobe(
                        "-v",
                        "error",
                        "-select_streams",
                        stream,
                        "-show_entries",
                        "packet=" + entries,
                        "-of",
                        "csv=p=0",
                        file.toString())
                .lines()
                .map(line -> line.replaceFirst(",+$", ""))
                .filter(line -> !line.isBlank())
                .toList();
    }

    /** When packets of a stream are shown or heard, in seconds, in the order of the file. */
    public static List<Double> times(Path file, String stream) {
        return packets(file, stream, "pts_time").stream().map(Double::valueOf).toList();
    }

    /** A line for each frame of a file, pictures decoded and the rest as it is stored, with times and checksums. */
    public static String frames(String file) {
        return run(
                "ffmpeg",
                List.of(
                        "-nostdin",
                        "-v",
                        "error",
                        "-i",
                        file,
                        "-map",
                        "0",
                        "-c:a",
                        "copy",
                        "-c:s",
                        "copy",
                        "-f",
                        "framemd5",
                        "-"));
    }

    private static String run(String program, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(PROGRAMS.resolve(program).toString());
        command.addAll(arguments);
        try {
            Path said = Files.createTempFile("upflux-ffmpeg", ".log");
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(said.toFile());
            builder.environment().put("LD_LIBRARY_PATH", SHIMS + File.pathSeparator + PROGRAMS);
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean ended = process.waitFor(120, TimeUnit.SECONDS);
            String errors = Files.readString(said);
            Files.delete(said);
            // ffprobe exits with an error for broken files, which is what some tests want to see: its output is empty.
            if (!ended || (process.exitValue() != 0 && program.equals("ffmpeg"))) {
                throw new AssertionError(String.join(" ", command) + "\n" + errors);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Unpacked without loading them into this process, as {@code Loader.load} would. */
    private static Path programs() {
        try {
            for (String build : List.of("", "-gpl")) {
                File[] folders = Loader.cacheResources("/org/bytedeco/ffmpeg/" + Loader.getPlatform() + build + "/");
                for (File folder : folders) {
                    File[] files = folder.listFiles((parent, name) -> name.equals("ffmpeg") || name.equals("ffprobe"));
                    if (files != null && files.length == 2) {
                        for (File file : files) {
                            file.setExecutable(true);
                        }
                        return folder.toPath();
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("no ffmpeg program on the class path");
    }

    /**
     * The programs are linked to a sound server's library that a plain machine lacks and that they never call here. Any
     * library serves as a stand-in, so one of the jar's own takes its name.
     */
    private static Path shims() {
        try (Stream<Path> files = Files.list(PROGRAMS)) {
            Path folder = Files.createTempDirectory("upflux-shims");
            folder.toFile().deleteOnExit();
            Path shim = folder.resolve("libpulse.so.0");
            for (Path library : files.filter(
                            file -> file.getFileName().toString().startsWith("libdrm.so"))
                    .limit(1)
                    .toList()) {
                Files.createSymbolicLink(shim, library);
                shim.toFile().deleteOnExit();
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
