package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.FfmpegPrograms;
import io.upflux.server.Await;
import io.upflux.server.live.LiveStream;
import io.upflux.server.live.OutputStatus;
import io.upflux.server.live.StreamState;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that are sent to other servers, played by the ffmpeg program, and recorded. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class OutputsTest {
    @TempDir
    Path folder;

    @Test
    void anRtmpServerIsSentTheStreamAndFoundAgain() throws IOException {
        String url = "rtmp://127.0.0.1:" + tcpPort() + "/live/key";
        aServerIsSentTheStreamAndFoundAgain(url, "-listen", "1", "-i", url);
    }

    @Test
    void anSrtServerIsSentTheStreamAndFoundAgain() throws IOException {
        String url = "srt://127.0.0.1:" + udpPort();
        aServerIsSentTheStreamAndFoundAgain(url, "-i", url + "?mode=listener");
    }

    private void aServerIsSentTheStreamAndFoundAgain(String url, String... listen) throws IOException {
        try (TestServer server = new TestServer(folder, line("push: ['" + url + "']"))) {
            for (String name : List.of("first.mkv", "second.mkv")) {
                Path received = folder.resolve(name);
                FfmpegPrograms.ffmpeg(
                        Stream.concat(Stream.of(listen), Stream.of("-t", "2", "-c", "copy", received.toString()))
                                .toArray(String[]::new));
                assertThat(streams(received)).contains("h264,320").contains("aac");
                assertThat(decodes(received)).isTrue();
            }
            OutputStatus status = out(server).outputs().get(0);
            assertThat(status.name()).startsWith("out to ").doesNotContain("key");
            assertThat(server.get("/api/v1/streams/out").body()).contains("\"outputs\":[{");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mp4", "mkv", "ts"})
    void aRecordingIsCutIntoFilesThatFollowEachOther(String format) throws IOException {
        Path records = folder.resolve("records");
        String line = line("record: {folder: '" + records + "', every: 1s, format: " + format + "}");
        List<Path> files;
        try (TestServer server = new TestServer(folder, line)) {
            await(() -> files(records).size() >= 2);
            // Between two files it does not work for a moment.
            await(() -> out(server).outputs().equals(List.of(new OutputStatus("out recording", true, null))));
        }
        files = files(records);
        assertThat(files)
                .hasSizeGreaterThan(2)
                .allSatisfy(file ->
                        assertThat(file.getFileName().toString()).matches("out-\\d{8}T\\d{6}Z(-\\d)?\\." + format));
        for (Path file : files.subList(0, 2)) {
            assertThat(streams(file)).contains("h264,320").contains("aac");
            assertThat(decodes(file)).isTrue();
            List<String> packets = FfmpegPrograms.ffprobe(
                            "-v",
                            "error",
                            "-select_streams",
                            "v",
                            "-show_entries",
                            "packet=flags",
                            "-of",
                            "csv=p=0",
                            file.toString())
                    .lines()
                    .toList();
            assertThat(packets).hasSizeBetween(15, 26);
            assertThat(packets.get(0)).startsWith("K");
        }
    }

    /** Not by way of MP4, where it would have become AAC. */
    @Test
    void soundThatOnlyTransportStreamsCarryIsRecordedInThemAsItIs() {
        Path source = folder.resolve("ac3.mkv");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=160x90:rate=25",
                "-f",
                "lavfi",
                "-i",
                "sine=sample_rate=48000",
                "-t",
                "4",
                "-c:v",
                "libopenh264",
                "-c:a",
                "ac3",
                source.toString());
        Path records = folder.resolve("records");
        String line = "  out: {source: '" + source + "', record: {folder: '" + records + "', every: 1s, format: ts}}\n";
        try (TestServer server = new TestServer(folder, line)) {
            await(() -> files(records).size() >= 2);
        }
        assertThat(streams(files(records).get(0))).contains("h264,320").contains("ac3");
        assertThat(decodes(files(records).get(0))).isTrue();
    }

    @Test
    void oldFilesGo() throws IOException {
        Path records = Files.createDirectory(folder.resolve("records"));
        Path old = Files.createFile(records.resolve("out-20200101T000000Z.mp4"));
        Path other = Files.createFile(records.resolve("outside-20200101T000000Z.mp4"));
        for (Path file : List.of(old, other)) {
            Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(0));
        }
        String line = line("record: {folder: '" + records + "', keep: 1h}");
        try (TestServer server = new TestServer(folder, line)) {
            await(() -> !Files.exists(old));
            assertThat(other).exists();
            assertThat(out(server).status().state()).isIn(StreamState.LIVE, StreamState.CONNECTING);
        }
    }

    @Test
    void whatACrashHasCutOffIsKept() throws IOException {
        Path records = Files.createDirectory(folder.resolve("records"));
        Path cutOff = Files.writeString(records.resolve(".out-20200101T000000Z.partial-0123ab.mkv"), "begun");
        Path empty = Files.createFile(records.resolve(".out-20200102T000000Z.partial-0123ab.mkv"));
        Path other = Files.writeString(records.resolve(".outside-20200101T000000Z.partial-0123ab.mkv"), "begun");
        Files.writeString(records.resolve("out-20200101T000000Z.mkv"), "there before");
        try (TestServer server = new TestServer(folder, line("record: {folder: '" + records + "'}"))) {
            await(() -> Files.exists(records.resolve("out-20200101T000000Z-2.mkv")) && !Files.exists(empty));
            assertThat(out(server).outputs()).hasSize(1);
        }
        assertThat(records.resolve("out-20200101T000000Z-2.mkv")).hasContent("begun");
        assertThat(records.resolve("out-20200101T000000Z.mkv")).hasContent("there before");
        assertThat(cutOff).doesNotExist();
        assertThat(other).exists();
    }

    @Test
    void aRecordingThatFailsIsBegunAgainAndTheStreamGoesOn() throws IOException {
        Path blocked = Files.createFile(folder.resolve("blocked"));
        try (TestServer server = new TestServer(folder, line("record: {folder: '" + blocked + "'}"))) {
            await(() -> out(server).outputs().get(0).error() != null);
            assertThat(out(server).outputs().get(0).error())
                    .startsWith("out recording: ")
                    .contains("FileAlreadyExists")
                    .doesNotContain(folder.toString());
            long before = out(server).counters().out();
            await(() -> out(server).counters().out() > before + 10);
            Files.delete(blocked);
            await(() -> out(server).outputs().equals(List.of(new OutputStatus("out recording", true, null))));
            assertThat(out(server).counters().sessions()).isEqualTo(1);
        }
        assertThat(files(blocked)).isNotEmpty().allMatch(OutputsTest::decodes);
    }

    private String line(String more) {
        return "  out: {source: '" + folder.resolve("clip.mp4") + "', " + more + "}\n";
    }

    private static LiveStream out(TestServer server) {
        return server.streams().find("out").orElseThrow();
    }

    private static List<Path> files(Path records) {
        if (!Files.exists(records)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(records)) {
            return all.filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String streams(Path file) {
        return FfmpegPrograms.ffprobe(
                "-v", "error", "-show_entries", "stream=codec_name,width", "-of", "csv=p=0", file.toString());
    }

    private static boolean decodes(Path file) {
        FfmpegPrograms.ffmpeg("-xerror", "-i", file.toString(), "-f", "null", "-");
        return true;
    }

    private static int tcpPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static int udpPort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void await(BooleanSupplier what) {
        Await.within(Duration.ofSeconds(30), what);
    }
}
