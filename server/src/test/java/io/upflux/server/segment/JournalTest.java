package io.upflux.server.segment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.frame.HaltingShares;
import io.upflux.pipeline.Calibration;
import io.upflux.reuse.InferenceCost;
import io.upflux.reuse.WindowShares;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
        int headerEnd = new String(whole, StandardCharsets.UTF_8).indexOf('\n');
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
        for (String first : List.of("", "{\"journal\":2,\"upfl", "{\"journal\":2}", "\u0000\u0000\u0000")) {
            List<String> lines = Files.readAllLines(write(2));
            Path torn = folder.resolve("torn");
            Files.write(torn, List.of(first, lines.get(1), lines.get(2)));
            Journal.Contents contents = Journal.read(torn);
            assertThat(contents.header()).isEmpty();
            assertThat(contents.segments()).isEmpty();
            assertThat(contents.wholeBytes()).isNegative();
        }
    }

    /** Also where it leaves JSON behind. */
    @Test
    void noChangedByteIsTrusted() throws IOException {
        byte[] whole = Files.readAllBytes(write(1));
        int headerEnd = new String(whole, StandardCharsets.UTF_8).indexOf('\n');
        for (int at = 0; at < whole.length - 1; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= 1;
            Journal.Contents contents = Journal.read(Files.write(folder.resolve("changed"), changed));
            assertThat(contents.segments()).describedAs("byte %d", at).isEmpty();
            assertThat(contents.header().isEmpty()).isEqualTo(at <= headerEnd);
        }
    }

    /** It says what it is, and nothing more. */
    @Test
    void ofAnotherVersionOnlyTheFirstLineCounts() throws IOException {
        String first = Journal.checked("{\"journal\":99}");
        Path other = Files.write(
                folder.resolve("other"),
                List.of(first, Files.readAllLines(write(1)).get(1)));
        Journal.Contents contents = Journal.read(other);
        assertThat(JobHeader.differences(contents.header(), header))
                .containsExactly("journal was 99, is " + JobHeader.VERSION);
        assertThat(contents.segments()).isEmpty();
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

    @Test
    void aCalibrationIsRecordedAndMakesNoOtherJob() {
        Calibration calibration = new Calibration(Map.of(8, 150.5, 16, 400.25), 1.5e-7);
        ObjectNode now = JsonNodeFactory.instance.objectNode().put("journal", 1);
        ObjectNode before = now.deepCopy();
        JobHeader.calibrate(before, calibration);

        assertThat(JobHeader.calibration(before)).isEqualTo(calibration);
        assertThat(JobHeader.calibration(now)).isNull();
        assertThat(JobHeader.differences(before, now)).isEmpty();
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
                new InferenceCost(1.5, 2.25, 7, 8.5),
                true,
                List.of("ä"));
    }
}
