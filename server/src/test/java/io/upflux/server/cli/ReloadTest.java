package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.upflux.models.Catalogue;
import io.upflux.models.sharing.OpenModels;
import io.upflux.server.Await;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.http.LiveServer;
import io.upflux.server.live.LiveStream;
import io.upflux.server.live.LiveStreams;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ReloadTest {
    private static final String BEFORE = """
            address: 127.0.0.1:0
            streamDefaults: {model: bicubic-x2, onDemand: true}
            streams:
              stays: {source: /nowhere/a.mp4}
              changes: {source: /nowhere/b.mp4}
              goes: {source: /nowhere/c.mp4}
            """;

    private static final String AFTER = """
            address: 127.0.0.1:1
            tokens: {me: {secret: 0123456789abcdef, role: admin}}
            streamDefaults: {model: bicubic-x2, onDemand: true}
            streams:
              stays: {source: /nowhere/a.mp4}
              changes: {source: /nowhere/d.mp4}
              comes: {source: /nowhere/e.mp4}
            """;

    @TempDir
    Path folder;

    private Path file;
    private LiveStreams streams;
    private LiveServer server;
    private Reload reload;

    @BeforeEach
    void start() throws IOException {
        file = Files.writeString(folder.resolve("upflux.yml"), BEFORE);
        ServerConfig config = ConfigFile.read(file, Map.of());
        Catalogue catalogue = Catalogue.standard();
        streams = new LiveStreams(config, new OpenModels(catalogue));
        server = LiveServer.start(config, streams, null, List.of());
        streams.start();
        reload = new Reload(file, () -> ConfigFile.read(file, Map.of()), config, streams, null, server);
    }

    @AfterEach
    void stop() {
        reload.close();
        streams.close();
        server.close();
    }

    @Test
    void whoAsksForItIsToldWhatIsWrong() throws IOException {
        Files.writeString(file, "nonsense: 1");
        HttpResponse<String> wrong = post();
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(wrong.body()).contains("nonsense: unknown key");
        assertThat(streams.find("goes")).isPresent();
        Files.writeString(file, BEFORE.replace("goes", "comes"));
        assertThat(post().statusCode()).isEqualTo(204);
        assertThat(streams.find("goes")).isEmpty();
        assertThat(streams.find("comes")).isPresent();
    }

    private HttpResponse<String> post() throws IOException {
        URI address = URI.create("http://127.0.0.1:" + server.address().getPort() + "/api/v1/reload");
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(address)
                                    .POST(HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatHasChangedIsTakenInAndTheRestGoesOn() throws IOException {
        LiveStream stays = stream("stays");
        LiveStream changes = stream("changes");
        assertThat(status("")).isEqualTo(200);
        assertThat(metrics("")).contains("{stream=\"goes\"");
        Files.writeString(file, AFTER);
        await(() -> streams.find("comes").isPresent());
        assertThat(stream("stays")).isSameAs(stays);
        assertThat(stream("changes")).isNotSameAs(changes);
        assertThat(stream("changes").config().source()).isEqualTo("/nowhere/d.mp4");
        assertThat(streams.find("goes")).isEmpty();
        await(() -> status("") == 401);
        assertThat(status("?token=0123456789abcdef")).isEqualTo(200);
        assertThat(metrics("?token=0123456789abcdef"))
                .contains("{stream=\"comes\"")
                .doesNotContain("{stream=\"goes\"");
    }

    @Test
    void aWrongFileChangesNothing() throws IOException {
        LiveStream stays = stream("stays");
        String unknownModel = AFTER.replace("/nowhere/e.mp4", "/nowhere/e.mp4, model: plane-s");
        for (String wrong : List.of(AFTER + "nonsense: true\n", unknownModel, "{", "")) {
            Files.writeString(file, wrong.isEmpty() ? "streams: {stays: {}}" : wrong);
            reload.run();
            assertThat(stream("stays")).isSameAs(stays);
            assertThat(streams.all()).hasSize(3);
            assertThat(status("")).isEqualTo(200);
        }
        Files.delete(file);
        reload.run();
        assertThat(streams.all()).hasSize(3);
    }

    @Test
    void whatTakesARestartIsSaidUntilTheFileIsAsItWas() throws IOException {
        String notice = "address: has changed, which takes a restart";
        Files.writeString(file, AFTER);
        assertThat(logged(reload::run)).contains(notice);
        Files.writeString(file, AFTER + "viewerBuffer: 4M\n");
        assertThat(logged(reload::run)).contains(notice, "viewerBuffer: has changed, which takes a restart");
        Files.writeString(file, BEFORE);
        assertThat(logged(reload::run))
                .contains("the configuration was read again")
                .noneMatch(line -> line.endsWith("takes a restart"));
    }

    private static List<String> logged(Runnable what) {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        Logger log = (Logger) LoggerFactory.getLogger(Reload.class);
        log.addAppender(lines);
        try {
            what.run();
        } finally {
            log.detachAppender(lines);
        }
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void aHangUpReadsTheFileAgain() throws IOException {
        Files.writeString(file, AFTER);
        Signal.raise(new Signal("HUP"));
        await(() -> streams.find("comes").isPresent());
    }

    @Test
    void othersGoOnEndOrAreMadeNoMore() throws IOException {
        assertThat(streams.sent("cam")).as("nothing makes it").isEmpty();
        Files.writeString(file, BEFORE + "  all_others: {source: publisher, onDemand: false, closeAfter: 1h}\n");
        reload.run();
        LiveStream cam = streams.sent("cam").orElseThrow();
        Files.writeString(file, BEFORE + "  all_others: {source: publisher, onDemand: false, closeAfter: 2h}\n");
        reload.run();
        assertThat(stream("cam")).as("it goes on").isSameAs(cam);
        assertThat(cam.config().closeAfter()).hasHours(2);
        assertThat(metrics("")).contains("{stream=\"cam\"");
        Files.writeString(
                file, BEFORE + "  all_others: {source: publisher, onDemand: false, closeAfter: 2h, crf: 30}\n");
        reload.run();
        assertThat(streams.find("cam")).isEmpty();
        assertThat(metrics("")).doesNotContain("{stream=\"cam\"");
        assertThat(streams.sent("cam").orElseThrow().config().live().encoding().crf())
                .isEqualTo(30);
        Files.writeString(file, BEFORE + "  cam: {source: publisher, onDemand: false}\n");
        reload.run();
        assertThat(stream("cam").config().ephemeral()).as("it is listed now").isFalse();
        assertThat(metrics("")).contains("{stream=\"cam\"");
        assertThat(streams.sent("other")).isEmpty();
        String wrong = BEFORE + "  all_others: {source: publisher, onDemand: false, model: plane-s}\n";
        Files.writeString(file, wrong);
        assertThat(post().body()).contains("streams.all_others.model: no model is named 'plane-s'");
        assertThat(streams.sent("other")).isEmpty();
    }

    private LiveStream stream(String name) {
        return streams.find(name).orElseThrow();
    }

    private int status(String query) {
        return get("/api/v1/streams" + query).statusCode();
    }

    private String metrics(String query) {
        return get("/metrics" + query).body();
    }

    private HttpResponse<String> get(String path) {
        URI address = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
        try {
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void await(BooleanSupplier what) {
        Await.within(Duration.ofSeconds(60), what);
    }
}
