package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

/** Folders of work that an earlier run left: damaged, half written, beside a finished output, not wanted. */
class LeftWorkTest extends SegmentedRun {
    @Test
    void damageIsFoundAndComputedAgain() throws Exception {
        interrupt();
        Path first = work.resolve("000000.packets");
        byte[] bytes = Files.readAllBytes(first);
        bytes[bytes.length / 2] ^= 1;
        Files.write(first, bytes);
        Files.writeString(work.resolve("journal.jsonl"), "{\"segment\":1,\"fra", StandardOpenOption.APPEND);

        Streams again = new Streams();
        assertThat(again.upflux(command(output, "--resume")))
                .describedAs(again.err())
                .isZero();
        assertThat(again.err())
                .contains(first + ": is damaged and computed again")
                .contains(work.resolve("journal.jsonl") + ": 1 unreadable line(s)");
        Path whole = folder.resolve("whole.mkv");
        assertThat(new Streams().upflux(command(whole))).isZero();
        assertThat(content(output)).isEqualTo(content(whole));
    }

    @Test
    void withoutTheJobsDescriptionNothingIsTrusted() throws Exception {
        interrupt();
        Path journal = work.resolve("journal.jsonl");
        Files.writeString(journal, "\u0000" + Files.readString(journal).substring(1));

        Streams again = new Streams();
        assertThat(again.upflux(command(output, "--resume", "--json")))
                .describedAs(again.err())
                .isZero();
        assertThat(again.err()).contains(journal + ": its first line is damaged; everything is computed again");
        List<JsonNode> events = again.json();
        assertThat(events.get(events.size() - 1).path("resumed").asInt()).isZero();
        assertThat(work).doesNotExist();
    }

    /** Killed between the output's getting its name and the end of tidying up. */
    @Test
    void whatIsLeftBesideAFinishedOutputIsTidiedUp() throws Exception {
        interrupt();
        String journal = Files.readString(work.resolve("journal.jsonl"));
        assertThat(new Streams().upflux(command(output, "--resume"))).isZero();
        byte[] whole = Files.readAllBytes(output);
        Files.createDirectory(work);
        String end = "{\"whole\":{\"bytes\":" + whole.length + "}";
        CRC32 crc = new CRC32();
        crc.update(end.getBytes(StandardCharsets.UTF_8));
        Files.writeString(
                work.resolve("journal.jsonl"), journal + end + String.format(",\"crc\":\"%08x\"}\n", crc.getValue()));

        Streams again = new Streams();
        assertThat(again.upflux(command(output, "--resume")))
                .describedAs(again.err())
                .isZero();
        assertThat(again.err()).doesNotContain("computed again");
        assertThat(work).doesNotExist();
        assertThat(output).hasBinaryContent(whole);
    }

    /** Killed in the join or the check. */
    @Test
    void whatIsHalfWrittenIsTidiedUp() throws Exception {
        interrupt();
        Path half = Files.write(work.resolve("whole.mkv"), new byte[100]);
        Path less = Files.write(work.resolve(".whole.partial-123456.mkv"), new byte[100]);
        Streams other = new Streams();
        Files.write(output, new byte[10]);
        assertThat(other.upflux(command(output, "--resume"))).isEqualTo(1);
        assertThat(other.err()).contains(output + ": exists already; --overwrite replaces it");
        Files.delete(output);
        assertThat(half).exists();

        // The disk is full of them, so that they must go before anything is written.
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(
                () -> new Streams().upflux(command(output, "--resume")), Schedulers.boundedElastic()::schedule);
        while (!exit.isDone() && (Files.exists(half) || Files.exists(less))) {
            Thread.sleep(2);
        }
        assertThat(exit.get(60, TimeUnit.SECONDS)).isZero();
        assertThat(work).doesNotExist();
    }

    @Test
    void whatIsLeftIsReplacedWhereThatIsAllowed() throws IOException {
        Files.createDirectory(work);
        Files.writeString(work.resolve("journal.jsonl"), "{}");
        assertThat(streams.upflux(command(output))).isEqualTo(1);
        assertThat(streams.upflux(command(output, "--overwrite")))
                .describedAs(streams.err())
                .isZero();
        assertThat(work).doesNotExist();
    }
}
