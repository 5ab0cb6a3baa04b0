package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    @TempDir
    private Path folder;

    private Path program;

    /** The launcher beside a jar that leads to the classes under test. */
    @BeforeEach
    void unpack() throws IOException {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        program = Files.copy(Path.of("src/main/distribution/bin/upflux"), bin.resolve("upflux"));
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        String classes = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toUri().toString())
                .collect(Collectors.joining(" "));
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classes);
        Path jar = Files.createDirectory(folder.resolve("lib")).resolve("classes.jar");
        try (OutputStream file = Files.newOutputStream(jar)) {
            new JarOutputStream(file, manifest).close();
        }
    }

    @Test
    void argumentsArriveAsTheyWereGiven() throws Exception {
        Path said = folder.resolve("said");
        String odd = "a  b \"c\" 'd' \\e\\ $HOME `f` * g ä";
        assertThat(upflux(said, List.of("probe", odd))).isEqualTo(1);
        assertThat(said).content().contains(odd + ": ");
    }

    /** The one that builds what it starts. */
    @Test
    void helpOfTheClusterBuildsNothing() throws Exception {
        Path checkout = Files.createDirectory(folder.resolve("checkout"));
        program = Files.copy(Path.of("../upflux"), checkout.resolve("upflux"));
        Path said = folder.resolve("said");
        assertThat(upflux(said, List.of("cluster", "run", "--help"))).isZero();
        assertThat(said).content().contains("cluster run INPUT... -o FOLDER", "docs/scale.md");
        assertThat(checkout).isDirectoryNotContaining("glob:**/cluster");
    }

    @Test
    void anArchiveThatIsNoneChangesNothing() throws Exception {
        Path without = folder.resolve("without");
        assertThat(upflux(without, List.of("--version"))).isZero();
        Files.writeString(folder.resolve("upflux.jsa"), "of another Java, or cut off");
        Path said = folder.resolve("said");
        assertThat(upflux(said, List.of("--version"))).isZero();
        assertThat(said).hasSameTextualContentAs(without).content().startsWith("upflux ");
    }

    @Test
    void manyFilesGoThroughANetwork() throws Exception {
        Path pictures = Files.createDirectory(folder.resolve("pictures"));
        Path first = TestMedia.write(pictures.resolve("0.png"), 16, 16, 1);
        List<String> command = new ArrayList<>(List.of("upscale", first.toString()));
        for (int i = 1; i < 40; i++) {
            String name = i + " of a name that is as long as those of films are, with \"quotes\" and \\ in it " + i;
            command.add(Files.copy(first, pictures.resolve(name + ".png")).toString());
        }
        // A command line of so many bytes crashes ONNX Runtime.
        assertThat(String.join(" ", command)).hasSizeGreaterThan(4096);
        Path outputs = folder.resolve("outputs");
        command.addAll(List.of("-o", outputs + "/", "-n", "plain-s-x2", "--no-progress"));
        Path said = folder.resolve("said");
        assertThat(upflux(said, command)).describedAs(Files.readString(said)).isZero();
        try (Stream<Path> files = Files.list(outputs)) {
            assertThat(files).hasSize(40);
        }
    }

    /** Anything else ends in a line, and what it has not finished is taken away. */
    @Test
    void aServerWhoseHeapIsFullEndsAtOnce() throws Exception {
        Map<String, String> small =
                Map.of("UPFLUX_MAIN", FillingTheHeap.class.getName(), "UPFLUX_JAVA_OPTS", "-Xms16m -Xmx16m");
        Path said = folder.resolve("said");
        assertThat(upflux(said, List.of("upscale"), small)).isZero();
        assertThat(said).content().contains("went on");
        assertThat(upflux(said, List.of("serve"), small)).isEqualTo(3);
        assertThat(said).content().contains("java.lang.OutOfMemoryError").doesNotContain("went on");
    }

    /** A program whose heap is full, and that goes on if it may. */
    static final class FillingTheHeap {
        private FillingTheHeap() {}

        public static void main(String[] args) {
            List<byte[]> much = new ArrayList<>();
            int most = 0;
            try {
                while (true) {
                    much.add(new byte[1 << 20]);
                }
            } catch (OutOfMemoryError e) {
                most = much.size();
                much.clear();
            }
            System.out.println("went on after " + most + " MiB");
        }
    }

    private int upflux(Path said, List<String> arguments) throws IOException, InterruptedException {
        return upflux(said, arguments, Map.of());
    }

    private int upflux(Path said, List<String> arguments, Map<String, String> settings)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("sh", program.toString());
        builder.command().addAll(arguments);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(settings);
        return builder.redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start()
                .waitFor();
    }
}
