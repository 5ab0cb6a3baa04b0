package io.upflux.server.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArgumentFileTest {
    @TempDir
    private Path folder;

    @Test
    void javaReadsThemAsTheyWere() throws Exception {
        Path program = Files.writeString(folder.resolve("Echo.java"), """
                class Echo {
                    public static void main(String[] words) {
                        for (String word : words) {
                            System.out.println(word.replace("\\n", "<nl>").replace("\\t", "<tab>"));
                        }
                    }
                }
                """);
        List<String> words =
                List.of("a b", "say \"hi\"", "C:\\films\\new", "# no comment", "@file", "", "x\ny\tz", "'q'");
        String file = ArgumentFile.write(
                folder.resolve("arguments"),
                Stream.concat(Stream.of(program.toString()), words.stream()).toList());
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), file)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said.lines())
                .containsExactly(
                        "a b", "say \"hi\"", "C:\\films\\new", "# no comment", "@file", "", "x<nl>y<tab>z", "'q'");
    }
}
