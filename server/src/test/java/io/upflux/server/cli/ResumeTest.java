package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** What becomes of a run that is interrupted, and of the next one. */
class ResumeTest extends SegmentedRun {
    @Test
    void anInterruptKeepsWhatIsFinishedAndTheSecondRunGivesTheSameFile() throws Exception {
        Path whole = folder.resolve("whole.mkv");
        assertThat(new Streams().upflux(command(whole))).isZero();
        interrupt();
        assertThat(streams.err()).contains("upflux: interrupted; --resume continues with what is finished");
        assertThat(output).doesNotExist();

        Streams without = new Streams();
        assertThat(without.upflux(command(output))).isEqualTo(1);
        assertThat(without.err().lines())
                .containsExactly("upflux: " + output + ": an earlier run left its work in " + work
                        + "; --resume continues it, --overwrite starts anew");

        Streams again = new Streams();
        assertThat(again.upflux(command(output, "--resume", "--json")))
                .describedAs(again.err())
                .isZero();
        List<JsonNode> events = again.json();
        JsonNode result = events.get(events.size() - 1);
        assertThat(result.get("frames").asInt()).isEqualTo(FRAMES);
        assertThat(result.get("resumed").asInt()).isBetween(1, FRAMES - 1);
        assertThat(work).doesNotExist();
        assertThat(content(output)).isEqualTo(content(whole));
    }

    @Test
    void theSecondRunGoesByTheCalibrationOfTheFirst() throws Exception {
        interrupt();
        Path journal = work.resolve("journal.jsonl");
        List<String> lines = new ArrayList<>(Files.readAllLines(journal));
        String header = "{\"calibration\":{\"costs\":{\"16\":300},\"pixelSeconds\":1000},"
                + lines.get(0).substring(1, lines.get(0).lastIndexOf(",\"crc\""));
        CRC32 crc = new CRC32();
        crc.update(header.getBytes(StandardCharsets.UTF_8));
        lines.set(0, header + String.format(",\"crc\":\"%08x\"}", crc.getValue()));
        Files.write(journal, lines);

        Streams again = new Streams();
        assertThat(again.upflux(command(output, "--resume", "--json")))
                .describedAs(again.err())
                .isZero();
        List<JsonNode> events = again.json();
        JsonNode result = events.get(events.size() - 1);
        assertThat(result.get("resumed").asInt()).isPositive();
        // A whole picture is supposed to take 1000 s a pixel.
        assertThat(result.get("predictedSeconds").asDouble()).isGreaterThanOrEqualTo(1000.0 * 320 * 240);
        assertThat(result.get("inferenceSeconds").asDouble()).isLessThan(1000);
    }

    @Test
    void anotherJobIsRefusedWithWhatDiffers() throws Exception {
        interrupt();
        assertRefused("encoding crf was not given, is 30", "--crf", "30");
        assertRefused("model name was bicubic-x2, is lanczos-x2", "-n", "lanczos-x2");
        assertRefused("segments seconds was 1.0, is 2.0", "--segment", "2");
        Files.write(clip, new byte[1], StandardOpenOption.APPEND);
        assertRefused("input bytes was ");

        Streams anew = new Streams();
        assertThat(anew.upflux(command(output, "--resume", "--overwrite", "--crf", "30")))
                .describedAs(anew.err())
                .isZero();
        assertThat(anew.err()).contains("encoding crf was not given, is 30").contains("it is begun anew");
        assertThat(work).doesNotExist();
    }

    private void assertRefused(String difference, String... other) {
        Streams refused = new Streams();
        List<String> more = new ArrayList<>(List.of("--resume"));
        more.addAll(List.of(other));
        assertThat(refused.upflux(command(output, more.toArray(String[]::new)))).isEqualTo(1);
        assertThat(refused.err())
                .contains(output + ": cannot be resumed, since this is another job than the one begun: ")
                .contains(difference);
    }

    @Test
    void ofSeveralThoseThatAreThereAreLeftAlone() throws Exception {
        Path outputs = Files.createDirectory(folder.resolve("outputs"));
        Path other = Files.copy(clip, folder.resolve("other.mkv"));
        Path done = Files.writeString(outputs.resolve("clip.mkv"), "done");
        assertThat(streams.upflux(
                        "upscale",
                        clip.toString(),
                        other.toString(),
                        "-o",
                        outputs + "/",
                        "-n",
                        "bicubic-x2",
                        "--resume"))
                .describedAs(streams.err())
                .isZero();
        assertThat(streams.err()).contains("clip.mkv: is there already");
        assertThat(done).hasContent("done");
        assertThat(content(outputs.resolve("other.mkv"))).isNotEmpty();
    }

    @Test
    void nothingToResumeIsABeginning() throws IOException {
        assertThat(streams.upflux(command(output, "--resume"))).isZero();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(clip, output);
        }
    }
}
