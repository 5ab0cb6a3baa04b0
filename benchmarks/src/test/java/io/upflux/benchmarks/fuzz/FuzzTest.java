package io.upflux.benchmarks.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.benchmarks.fuzz.Trial.Reach;
import io.upflux.models.onnx.OnnxFile;
import io.upflux.pipeline.StreamException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class FuzzTest {
    @TempDir
    private static Path made;

    private static Corpus corpus;

    @TempDir
    private Path folder;

    @BeforeAll
    static void makeCorpus() throws Exception {
        corpus = Corpus.make(made, List.of());
    }

    @Test
    void theSameSeedDamagesTheSameWayAndAnotherInAnother() {
        byte[] original = new byte[5000];
        byte[] other = {9, 8, 7, 6, 5, 4, 3, 2, 1};
        assertThat(Mutation.of(original, other, 5)).isEqualTo(Mutation.of(original, other, 5));
        assertThat(Mutation.of(original, other, 5)).isNotEqualTo(Mutation.of(original, other, 6));
        assertThat(original).as("left as it is").containsOnly(0);
    }

    @Test
    void theCorpusHoldsManyKindsOfFiles() {
        assertThat(corpus.files())
                .extracting(file -> String.valueOf(file.getFileName()))
                .contains("h264.mp4", "vp8.webm", "h264.ts", "still.png", "list.m3u8", "config.yml")
                .contains("titled.mkv", "subrip.mkv", "webvtt.webm", "text.mp4", "wma.asf", "adpcm.mov", "bitmaps.mkv");
    }

    @Test
    void whatWasFoundBeforeIsTriedToo() throws Exception {
        assertThat(corpus.files())
                .extracting(file -> String.valueOf(file.getFileName()))
                .contains("endless.m3u8", "weights-elsewhere.onnx", "no-type.onnx");
        for (int i = 0; i < corpus.files().size(); i++) {
            assertThat(corpus.original(-1 - i)).isEqualTo(corpus.files().get(i));
            assertThat(corpus.input(-1 - i))
                    .isEqualTo(Files.readAllBytes(corpus.files().get(i)));
        }
        Corpus read = Corpus.of(corpus.listed(folder.resolve("list")));
        assertThat(read).isEqualTo(corpus);
    }

    @Test
    void memoryThatGrowsCountsAsAFinding() {
        Memory steady = memory(1500, 1.05);
        assertThat(steady).hasToString(", memory 100 to 105 MiB");
        assertThat(memory(1499, 2)).hasToString("");
        Memory grown = memory(1500, 1.06);
        assertThat(grown).hasToString(", memory 100 to 106 MiB (grown)");
        assertThat(Fuzz.code(0, List.of(steady, memory(1499, 2)))).isZero();
        assertThat(Fuzz.code(0, List.of(steady, grown))).isEqualTo(1);
        assertThat(Fuzz.code(1, List.of(steady))).isEqualTo(1);
    }

    /** Of a worker that takes so much more in the last third of its inputs. */
    private static Memory memory(int inputs, double growth) {
        Memory memory = new Memory();
        for (int i = 0; i < inputs; i++) {
            memory.add((long) ((i < 1000 ? 1 : growth) * (100 << 20)));
        }
        return memory;
    }

    @Test
    void networksAreDamagedWithinWhatCanBeRead() throws Exception {
        Corpus networks = corpus.only("whole/plain-s-x2.onnx");
        int readable = 0;
        for (int seed = 0; seed < 100; seed++) {
            byte[] damaged = networks.input(seed);
            assertThat(damaged).isEqualTo(networks.input(seed));
            try {
                OnnxFile.of("network", damaged);
                readable++;
            } catch (StreamException refused) {
                // Some are.
            }
        }
        assertThat(readable).isBetween(60, 99);
    }

    @Test
    @Tag("slow")
    void networksComeWithAllThatBelongsToThem() throws Exception {
        Corpus networks = corpus.only(".onnx");
        Trial trial = new Trial(networks, folder);
        for (int i = 0; i < networks.files().size(); i++) {
            Path network = networks.files().get(i);
            assertThat(trial.of(-1 - i)).as(network.toString()).isEmpty();
            boolean refused = network.endsWith("weights-elsewhere.onnx") || network.endsWith("no-type.onnx");
            assertThat(trial.reach()).as(network.toString()).isEqualTo(refused ? Reach.READ : Reach.RUN);
            assertThat(folder).isEmptyDirectory();
        }
    }

    /** First all as they are, among them what was found before. */
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
