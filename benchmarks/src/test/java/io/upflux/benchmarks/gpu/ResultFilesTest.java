package io.upflux.benchmarks.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultFilesTest {
    private static final Target ONE = Target.PLAIN_M_X2_1080P;
    private static final Target OTHER = Target.ESC_LIGHT_X2_540P;

    @TempDir
    Path folder;

    @Test
    void eachResultIsThereAtOnceInThePlaceOfTheOneBefore() throws IOException {
        ResultFiles files = new ResultFiles(folder, false);
        files.put(Reached.failed(ONE, "64x32", "first"));
        assertThat(kept()).containsExactly(ONE + " first");
        files.put(reached(ONE));
        assertThat(kept()).containsExactly(ONE + " null");
        files.put(Reached.failed(OTHER, "64x32", "it did not end"));
        assertThat(kept()).containsExactly(ONE + " null", OTHER + " it did not end");
        assertThat(Files.readString(folder.resolve("targets.md"))).contains("not measured: it did not end");
    }

    @Test
    void laterRunsAddToEarlierOnesWhenToldSo() throws IOException {
        new ResultFiles(folder, true).put(reached(ONE));
        new ResultFiles(folder, true).put(reached(OTHER));
        assertThat(kept()).containsExactly(ONE + " null", OTHER + " null");
        assertThat(Files.readString(folder.resolve("targets.md"))).contains("| " + ONE + " | 64x32 |");
        new ResultFiles(folder, false).put(reached(OTHER));
        assertThat(kept()).containsExactly(OTHER + " null");
    }

    private static Reached reached(Target target) {
        return new Reached(target.toString(), target.model(), "64x32", "cpu", "fp32", 1, 2, 3, 4, 5.5, null, null);
    }

    private List<String> kept() throws IOException {
        List<String> kept = new ArrayList<>();
        new ObjectMapper()
                .readTree(folder.resolve("targets.json").toFile())
                .forEach(one -> kept.add(
                        one.get("target").asText() + " " + one.get("failed").asText()));
        return kept;
    }
}
