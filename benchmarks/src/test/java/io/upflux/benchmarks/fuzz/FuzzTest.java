package io.upflux.benchmarks.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class FuzzTest {
    @TempDir
    private Path folder;

    @Test
    void theSameSeedDamagesTheSameWayAndAnotherInAnother() {
        byte[] original = new byte[5000];
        byte[] other = {9, 8, 7, 6, 5, 4, 3, 2, 1};
        assertThat(Mutation.of(original, other, 5)).isEqualTo(Mutation.of(original, other, 5));
        assertThat(Mutation.of(original, other, 5)).isNotEqualTo(Mutation.of(original, other, 6));
        assertThat(original).as("left as it is").containsOnly(0);
    }

    @Test
    void theCorpusHoldsManyKindsOfFiles() throws Exception {
        Corpus corpus = Corpus.make(folder, List.of());
        assertThat(corpus.files())
                .extracting(file -> String.valueOf(file.getFileName()))
                .contains("h264.mp4", "vp8.webm", "h264.ts", "still.png", "titled.mkv", "list.m3u8", "config.yml");
    }

    @Test
    @Tag("slow")
    void damagedFilesAreRefusedOrReadAndNothingElse() {
        int code =
                new CommandLine(new Fuzz()).execute("--inputs", "150", "--jobs", "2", "--findings", folder.toString());
        assertThat(code).as("findings in %s", folder).isZero();
    }

    @Test
    @Tag("slow")
    void damagedRequestsAreAnsweredOrRefusedAndNothingElse() {
        int code = new CommandLine(new HttpFuzz()).execute("--inputs", "300", "--findings", folder.toString());
        assertThat(code).as("findings in %s", folder).isZero();
    }

    @Test
    void theSameSeedDamagesARequestTheSameWay() {
        Requests requests = new Requests();
        assertThat(requests.damaged(7)).usingRecursiveComparison().isEqualTo(requests.damaged(7));
        assertThat(requests.damaged(7).head()).isNotEqualTo(requests.damaged(8).head());
    }
}
