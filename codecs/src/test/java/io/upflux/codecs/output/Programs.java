package io.upflux.codecs.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Loader;

/** The ffmpeg and ffprobe programs inside FFmpeg's jar, as makers and judges of test media. */
final class Programs {
    private static final Path FOLDER = unpack();
    private static final Path FFMPEG = program("ffmpeg");
    private static final Path FFPROBE = program("ffprobe");

    private Programs() {}

    /** Runs ffmpeg quietly, overwriting; fails with its messages. */
    static void ffmpeg(Object... arguments) {
        List<String> command = new ArrayList<>(List.of(FFMPEG.toString(), "-hide_banner", "-nostdin", "-v", "error", "-y"));
        run(command, arguments);
    }

    /** What ffmpeg prints on standard output. */
    static String ffmpegOutput(Object... arguments) {
        return run(new ArrayList<>(List.of(FFMPEG.toString(), "-nostdin", "-v", "error", "-y")), arguments);
    }

    /** Wanted entries of the first video stream, commas between them; a transport stream repeats itself. */
    static String video(Path file, String entries) {
        return ffprobe(file, "-select_streams", "v:0", "-show_entries", "stream=" + entries).get(0);
    }

    /** Lines of {@code ffprobe -of csv=p=0}, without empty ones. */
    static List<String> ffprobe(Path file, String... arguments) {
        List<String> command = new ArrayList<>(List.of(FFPROBE.toString(), "-v", "error", "-of", "csv=p=0"));
        command.addAll(List.of(arguments));
        return run(command, file).lines().map(line -> line.replaceFirst(",+$", "")).filter(line -> !line.isBlank()).toList();
    }

    private static String run(List<String> command, Object... arguments) {
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        try {
            Path errors = Files.createTempFile("program", ".log");
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
            builder.environment().put("LD_LIBRARY_PATH", standIns(FOLDER) + ":" + FOLDER);
            builder.environment().put("SVT_LOG", "1");
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + "\n" + Files.readString(errors));
            }
            Files.delete(errors);
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** JavaCPP's own way to the programs also loads the device library, which needs what the next method stands in for. */
    private static Path unpack() {
        try {
            return Loader.cacheResource("/org/bytedeco/ffmpeg/" + Loader.getPlatform()).toPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path program(String name) {
        Path windows = FOLDER.resolve(name + ".exe");
        Path program = Files.exists(windows) ? windows : FOLDER.resolve(name);
        if (!program.toFile().setExecutable(true)) {
            throw new IllegalStateException(program + " cannot be made executable");
        }
        return program;
    }

    /**
     * The programs are linked with a sound server's library that machines without sound lack. Nothing of it is called,
     * so on Linux any library without symbol versions serves in its place.
     */
    private static Path standIns(Path libraries) throws IOException {
        Path folder = libraries.resolve("stand-ins");
        Path sound = folder.resolve("libpulse.so.0");
        Path any = libraries.resolve("libdrm.so.2");
        if (Files.exists(any) && !Files.exists(sound)) {
            Files.createDirectories(folder);
            Path link = Files.createTempFile(folder, "link", "");
            Files.delete(link);
            Files.createSymbolicLink(link, any.toAbsolutePath());
            Files.move(link, sound, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        }
        return folder;
    }
}
