package io.upflux.server.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.frame.HaltingShares;
import io.upflux.pipeline.StreamException;
import io.upflux.reuse.WindowShares;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir
    private Path folder;

    private final ObjectNode header = JsonNodeFactory.instance.objectNode().put("journal", JobHeader.VERSION);

    @Test
    void givesBackWhatWasWritten() {
        Path file = write(2);
        try (Journal journal = Journal.append(file)) {
            journal.whole(77);
        }
        Journal.Contents contents = Journal.read(file);
        assertThat(contents.header()).isEqualTo(header);
        assertThat(contents.segments()).containsOnlyKeys(0, 1);
        SegmentResult second = contents.segments().get(1);
        assertThat(second).usingRecursiveComparison().isEqualTo(result(1));
        assertThat(contents.wholeBytes()).isEqualTo(77);
        assertThat(contents.unreadable()).isZero();
    }

    /** Wherever a crash cuts the file, the lines before the cut count and work can go on after it. */
    @Test
    void anyTornEndLeavesTheLinesBefore() throws IOException {
        byte[] whole = Files.readAllBytes(write(3));
        int headerEnd = new String(whole, java.nio.charset.StandardCharsets.UTF_8).indexOf('\n');
        int last = -1;
        for (int length = headerEnd; length <= whole.length; length++) {
            Path torn = Files.write(folder.resolve("torn"), Arrays.copyOf(whole, length));
            int before = Journal.read(torn).segments().size();
            assertThat(before).isGreaterThanOrEqualTo(last);
            last = before;
            try (Journal journal = Journal.append(torn)) {
                journal.finished(result(7), 0);
            }
            assertThat(Journal.read(torn).segments()).hasSize(before + 1).containsKey(7);
        }
        assertThat(last).isEqualTo(3);
    }

    @Test
    void aDamagedLineIsCountedAndTheOthersCount() throws IOException {
        List<String> lines = Files.readAllLines(write(3));
        Path damaged = folder.resolve("damaged");
        Files.write(
                damaged, List.of(lines.get(0), lines.get(1), "#" + lines.get(2).substring(9), lines.get(3)));
        Journal.Contents contents = Journal.read(damaged);
        assertThat(contents.segments()).containsOnlyKeys(0, 2);
        assertThat(contents.unreadable()).isOne();
    }

    /** What the lines are about is unknown then. */
    @Test
    void withoutAFirstLineNothingCounts() throws IOException {
        for (String first : List.of("", "{\"journal\":1,\"upfl", "\u0000\u0000\u0000")) {
            List<String> lines = Files.readAllLines(write(2));
            Path torn = folder.resolve("torn");
            Files.write(torn, List.of(first, lines.get(1), lines.get(2)));
            Journal.Contents contents = Journal.read(torn);
            assertThat(contents.header()).isEmpty();
            assertThat(contents.segments()).isEmpty();
            assertThat(contents.wholeBytes()).isNegative();
        }
    }

    @Test
    void otherVersionsAreRefused() throws IOException {
        Path other = Files.writeString(folder.resolve("other"), "{\"journal\":99}\n");
        assertThatThrownBy(() -> Journal.read(other))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining(other + ": is no journal that this version of Upflux can continue");
    }

    private Path write(int segments) {
        Path file = folder.resolve("journal");
        try (Journal journal = Journal.create(file, header)) {
            for (int i = 0; i < segments; i++) {
                journal.finished(result(i), 250L * i);
            }
        }
        return file;
    }

    private static SegmentResult result(int index) {
        return new SegmentResult(
                index,
                250,
                10,
                259,
                12_345,
                "ab".repeat(32),
                HaltingShares.of(8, List.of(0L, 3L)),
                new WindowShares(5, 4, 3, 2),
                true,
                List.of("ä"));
    }
}
