package io.upflux.server.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.upflux.pipeline.StreamException;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.ServerConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What jobs cannot work with or without, and how they say so. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class JobFailuresTest {
    @TempDir
    private Path folder;

    private TestJobs test;

    @BeforeEach
    void make() {
        test = new TestJobs(folder);
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void whatIsNoVideoFailsInOneLine() throws IOException {
        Path text = Files.writeString(folder.resolve("text.mp4"), "no video at all\n".repeat(100));
        Path list = Files.writeString(
                folder.resolve("list.m3u8"), "#EXTM3U\n#EXTINF:1,\n" + TestJobs.clip(folder.resolve("a.ts"), 1));
        test.start("");
        assertThat(failure(text)).startsWith("text.mp4: ").doesNotContain("\n", folder.toString());
        assertThat(failure(list)).as("it would lead to another file").startsWith("list.m3u8: ");
    }

    private String failure(Path input) {
        Job failed = test.run(input.toString());
        assertThat(failed.state()).isEqualTo(JobState.FAILED);
        return JobRows.required(failed.error());
    }

    @Test
    void anAllowedUrlIsReadAndARedirectToAnotherIsNot() throws IOException {
        byte[] clip = Files.readAllBytes(TestJobs.clip(folder.resolve("a.ts"), 1));
        HttpServer elsewhere = web();
        HttpServer web = web();
        try {
            elsewhere.createContext("/", exchange -> send(exchange, clip));
            web.createContext("/clip.ts", exchange -> send(exchange, clip));
            web.createContext("/away.ts", exchange -> {
                exchange.getResponseHeaders().set("Location", url(elsewhere, "/clip.ts"));
                exchange.sendResponseHeaders(302, -1);
                exchange.close();
            });
            test.allow(url(web, ""));
            test.start("");
            Job done = test.run(url(web, "/clip.ts"));
            assertThat(done.state()).as(done.error()).isEqualTo(JobState.DONE);
            assertThat(TestJobs.frames(test.jobs().output(done))).isEqualTo(TestJobs.RATE);
            Job away = test.run(url(web, "/away.ts"));
            assertThat(away.state()).isEqualTo(JobState.FAILED);
            assertThat(away.error()).startsWith("away.ts: ");
        } finally {
            web.stop(0);
            elsewhere.stop(0);
        }
    }

    private static HttpServer web() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
        return server;
    }

    private static String url(HttpServer server, String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private static void send(HttpExchange exchange, byte[] bytes) throws IOException {
        exchange.sendResponseHeaders(200, bytes.length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(bytes);
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsRefusedAtTheStart() throws IOException {
        Files.writeString(folder.resolve("jobs"), "in its place");
        assertThatThrownBy(() -> test.open(""))
                .isInstanceOf(StreamException.class)
                .hasMessage("jobs.folder: " + folder.resolve("jobs") + " cannot be used: a file lies in its place");
    }

    /** One that nobody may write, not even root. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFolderWithoutRoomForADatabaseIsRefusedAtTheStart() {
        ServerConfig config = ConfigFile.parse("test", "jobs: {folder: /proc}", Map.of());
        assertThatThrownBy(() -> Jobs.open(JobRows.required(config.jobs()), config.allowedSources()))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("jobs.database: /proc cannot be used: ")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void aFolderThatCanBeWrittenNoMoreFailsItsJobInALine() throws IOException {
        Path clip = TestJobs.clip(folder.resolve("clip.mkv"), TestJobs.SECONDS);
        test.start("");
        String id = test.create(clip);
        test.await(id, 1);
        Path work = test.job(id).resolve(".output.mkv.upflux");
        Files.move(work, test.job(id).resolve("aside"));
        Files.writeString(work, "in its place");
        Job ended = JobRows.required(test.jobs().follow(id).blockLast(Duration.ofSeconds(100)));
        assertThat(ended.state()).isEqualTo(JobState.FAILED);
        assertThat(ended.error()).contains("annot be").doesNotContain("\n", folder.toString());
        assertThat(test.pid(id)).as("no process works on it").isZero();
    }

    @ParameterizedTest
    @CsvSource({"model: plane-s, no model is named 'plane-s'", "device: cuda:99, device cuda:99: th"})
    void aWatchedFolderWithoutItsModelOrDeviceIsRefusedAtTheStart(String key, String reason) {
        assertThatThrownBy(() -> test.open("watch: [{folder: %1$s/in, output: %1$s/out, %2$s}]".formatted(folder, key)))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("jobs.watch, folder " + folder.resolve("in") + ": " + reason);
        assertThat(folder.resolve("jobs")).doesNotExist();
    }
}
