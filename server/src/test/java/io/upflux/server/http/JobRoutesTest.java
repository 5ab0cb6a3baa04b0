package io.upflux.server.http;

import static io.upflux.server.http.JobsServer.assertProblem;
import static io.upflux.server.http.JobsServer.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.upflux.buffer.NativeScope;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.frame.VideoFrame;
import io.upflux.models.Catalogue;
import io.upflux.models.sharing.OpenModels;
import io.upflux.pipeline.Notices;
import io.upflux.server.bench.drawn.MovingPattern;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.live.LiveStreams;
import io.upflux.server.segment.SpoiltPictures;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs over HTTP. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class JobRoutesTest {
    @TempDir
    private Path folder;

    private JobsServer server;

    @BeforeEach
    void start() {
        server = new JobsServer(folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void anUploadIsUpscaledWatchedAndDownloadedInParts() throws Exception {
        server.run();
        Path clip = folder.resolve("clip.mp4");
        FfmpegPrograms.ffmpeg(
                "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=2", "-c:v", "mpeg4", clip.toString());
        String query = "?name=Fj%C3%A4ll%20%231.mp4&model=plain-s-x2&container=mkv&priority=3";
        HttpResponse<String> created =
                server.send("POST", "/api/v1/jobs" + query, "video/mp4", BodyPublishers.ofFile(clip));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        String job = created.headers().firstValue("Location").orElseThrow();
        JsonNode queued = tree(created);
        assertThat(job).isEqualTo("/api/v1/jobs/" + queued.get("id").asText());
        assertThat(queued.get("name").asText()).isEqualTo("Fjäll #1.mp4");
        assertThat(queued.get("state").asText()).isEqualTo("queued");
        assertThat(queued.get("priority").asInt()).isEqualTo(3);
        assertThat(queued.get("model").asText()).isEqualTo("plain-s-x2");
        assertThat(queued.has("input")).isFalse();

        HttpResponse<String> events = server.send("GET", job + "/events", null, BodyPublishers.noBody());
        assertThat(events.headers().firstValue("Content-Type")).contains("text/event-stream");
        assertThat(events.body()).contains("event: state\ndata: {");
        List<JsonNode> seen = events.body()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> tree(line.substring("data: ".length())))
                .toList();
        JsonNode last = seen.get(seen.size() - 1);
        assertThat(last.path("error").asText()).isEmpty();
        assertThat(last.get("state").asText()).isEqualTo("done");
        assertThat(last.get("frames").asInt()).isEqualTo(50);
        assertThat(last.get("output").asText()).isEqualTo(job + "/output");

        HttpResponse<byte[]> whole = download(job);
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(whole.headers().firstValue("Content-Type")).contains("video/matroska");
        assertThat(whole.headers().firstValue("Content-Disposition"))
                .contains("attachment; filename=\"Fj_ll #1.mkv\"; filename*=UTF-8''Fj%C3%A4ll%20#1.mkv");
        byte[] bytes = whole.body();
        Path result = Files.write(folder.resolve("result.mkv"), bytes);
        assertThat(FfmpegPrograms.ffprobe(
                        "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", result.toString()))
                .startsWith("192,128");
        String tag = whole.headers().firstValue("ETag").orElseThrow();

        HttpResponse<byte[]> part = download(job, "Range", "bytes=100-199");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.headers().firstValue("Content-Range")).contains("bytes 100-199/" + bytes.length);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(bytes, 100, 200));
        assertThat(download(job, "Range", "bytes=-7").body())
                .isEqualTo(Arrays.copyOfRange(bytes, bytes.length - 7, bytes.length));
        assertThat(download(job, "Range", "bytes=0-9", "If-Range", tag).statusCode())
                .isEqualTo(206);
        assertThat(download(job, "Range", "bytes=0-9", "If-Range", "\"other\"").body())
                .isEqualTo(bytes);
        assertThat(download(job, "Range", "bytes=99999999-").statusCode()).isEqualTo(416);
        assertThat(download(job, "If-None-Match", tag).statusCode()).isEqualTo(304);
        HttpResponse<String> head = server.send("HEAD", job + "/output", null, BodyPublishers.noBody());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(bytes.length);
        assertThat(head.body()).isEmpty();

        HttpResponse<byte[]> picture = server.fetch(job + "/picture");
        assertThat(picture.headers().firstValue("Content-Type")).contains("image/jpeg");
        Path newest = Files.write(folder.resolve("newest.jpeg"), picture.body());
        assertThat(FfmpegPrograms.ffprobe(
                        "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", newest.toString()))
                .startsWith("192,128");

        String metrics =
                server.send("GET", "/metrics", null, BodyPublishers.noBody()).body();
        assertThat(metrics)
                .contains("upflux_jobs{state=\"done\"}")
                .contains("upflux_job_seconds_count{state=\"done\"} 1")
                .contains("upflux_job_seconds_sum{state=\"done\"}");

        assertThat(server.delete(job).statusCode()).isEqualTo(204);
        assertThat(server.get(job + "/output").statusCode()).isEqualTo(404);
        assertThat(server.folders()).isEmpty();
    }

    private HttpResponse<byte[]> download(String job, String... headers) {
        return server.fetch(job + "/output", headers);
    }

    @Test
    void aPartOfAnUploadIsUpscaledWhereItIsWanted() throws Exception {
        server.run();
        Path clip = folder.resolve("clip.mp4");
        FfmpegPrograms.ffmpeg(
                "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=2", "-c:v", "mpeg4", clip.toString());
        JsonNode part = done(clip, "start=0:01.2&duration=400ms&device=CPU");
        assertThat(part.get("start").asText()).isEqualTo("0:01.2");
        assertThat(part.get("duration").asText()).isEqualTo("400ms");
        assertThat(part.get("device").asText()).isEqualTo("cpu");
        assertThat(frames(part)).isEqualTo(10);
        assertThat(frames(done(clip, "start=1.2"))).as("to the end").isEqualTo(20);
        assertThat(frames(done(clip, "start=1s&container=png")))
                .as("its picture")
                .isEqualTo(1);
    }

    /** Makes a job of a file, and waits until it is done. */
    private JsonNode done(Path file, String query) throws IOException {
        HttpResponse<String> created = server.send(
                "POST",
                "/api/v1/jobs?name=clip.mp4&model=bicubic-x2&" + query,
                "video/mp4",
                BodyPublishers.ofFile(file));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        String job = created.headers().firstValue("Location").orElseThrow();
        server.send("GET", job + "/events", null, BodyPublishers.noBody());
        JsonNode ended = tree(server.get(job));
        assertThat(ended.get("state").asText()).as(ended.toString()).isEqualTo("done");
        return ended;
    }

    /** In the output of a job. */
    private int frames(JsonNode job) throws IOException {
        Path output = folder.resolve("made." + job.get("container").asText());
        Files.write(output, server.fetch(job.get("output").asText()).body());
        return Integer.parseInt(FfmpegPrograms.ffprobe(
                        "-v",
                        "error",
                        "-count_frames",
                        "-show_entries",
                        "stream=nb_read_frames",
                        "-of",
                        "csv=p=0",
                        output.toString())
                .strip());
    }

    @Test
    void jobsAreListedChangedAndDeleted() {
        String first = server.create("{\"input\": \"%s/film.mp4\", \"name\": \"first.mp4\"}");
        String second =
                server.create("{\"input\": \"https://media.example/second.mkv?x=1\", \"crf\": 20, \"height\": 720}");
        assertThat(tree(server.get(second)).get("name").asText()).isEqualTo("second.mkv");
        assertThat(tree(server.get(second)).get("container").asText()).isEqualTo("mkv");
        JsonNode list = tree(server.get("/api/v1/jobs?limit=1"));
        assertThat(list.get("total").asInt()).isEqualTo(2);
        assertThat(list.get("jobs")).hasSize(1);
        assertThat(list.at("/jobs/0/name").asText()).isEqualTo("second.mkv");
        assertThat(tree(server.get("/api/v1/jobs?limit=1&offset=1"))
                        .at("/jobs/0/name")
                        .asText())
                .isEqualTo("first.mp4");

        JsonNode paused = tree(server.patch(first, "{\"state\": \"paused\", \"priority\": 9}"));
        assertThat(paused.get("state").asText()).isEqualTo("paused");
        assertThat(paused.get("priority").asInt()).isEqualTo(9);
        assertThat(tree(server.get("/api/v1/jobs?state=paused,done"))
                        .get("total")
                        .asInt())
                .isEqualTo(1);
        assertThat(tree(server.patch(first, "{\"state\": \"queued\"}"))
                        .get("state")
                        .asText())
                .isEqualTo("queued");
        assertThat(tree(server.patch(first, "{\"state\": \"cancelled\"}"))
                        .get("state")
                        .asText())
                .isEqualTo("cancelled");
        assertProblem(server.patch(first, "{\"state\": \"paused\"}"), 409, "is cancelled and cannot be made paused");
        assertProblem(server.patch(first, "{\"state\": \"done\"}"), 409, "a job becomes done by itself only");
        assertProblem(server.patch(first, "{\"state\": \"stopped\"}"), 400, "state: is none of [queued, running");
        assertProblem(server.patch(first, "{\"prio\": 1}"), 400, "prio: unknown key");
        assertProblem(server.patch(first, "[]"), 400, "must be a JSON object");
        assertProblem(server.get(first + "/output"), 409, "has no output: it is cancelled");
        assertProblem(server.get(first + "/picture"), 404, "has no picture: it is cancelled");
        assertThat(server.get(first + "/events").body()).as("it has ended").contains("\"state\":\"cancelled\"");

        assertThat(server.delete(first).statusCode()).isEqualTo(204);
        assertProblem(server.delete(first), 404, "there is no job");
        assertProblem(server.get(first), 404, "there is no job");
        assertProblem(server.get(first + "/events"), 404, "there is no job");
        assertProblem(server.patch(first, "{}"), 404, "there is no job");
        assertProblem(server.get("/api/v1/jobs/..%2F..%2Fetc"), 404, "there is nothing at");
    }

    /** As a job's process keeps them, which knows nothing of the server. */
    @Test
    void picturesThatStayedSpoiltAreForOperatorsAndGoWithTheirJob() throws Exception {
        HttpResponse<String> created = server.send(
                "POST", "/api/v1/jobs?container=mkv", "video/mp4", BodyPublishers.ofByteArray(new byte[100]));
        String job = created.headers().firstValue("Location").orElseThrow();
        assertProblem(server.get(job + "/spoilt/source.png"), 404, "stayed spoilt");
        Path output = folder.resolve("jobs/" + tree(created).get("id").asText() + "/output.mkv");
        try (NativeScope scope = new NativeScope();
                VideoFrame source = drawn(scope, 32);
                VideoFrame upscaled = drawn(scope, 64)) {
            assertThatThrownBy(() -> new SpoiltPictures(output, Notices.none()).spoilt("is black", source, upscaled))
                    .hasMessageContaining("kept as");
        }
        for (String kind : List.of("source", "upscaled")) {
            String path = job + "/spoilt/" + kind + ".png";
            HttpRequest owner = HttpRequest.newBuilder(server.uri(path + "?token=owner-owner-owner"))
                    .build();
            HttpResponse<byte[]> picture = JobsServer.answer(owner, BodyHandlers.ofByteArray());
            assertThat(picture.headers().firstValue("Content-Type")).contains("image/png");
            assertThat(output.resolveSibling("output.mkv.0." + kind + ".png")).hasBinaryContent(picture.body());
            assertThat(server.fetch(path).statusCode()).as("for a viewer").isEqualTo(403);
        }
        assertThat(server.delete(job).statusCode()).isEqualTo(204);
        assertThat(server.folders()).isEmpty();
    }

    private static VideoFrame drawn(NativeScope scope, int side) {
        return Objects.requireNonNull(
                new MovingPattern(side, side, 1).frames(scope).blockFirst());
    }

    @Test
    void guestsSeeAndOperatorsChange() {
        String job = server.create("{\"input\": \"%s/film.mp4\"}");
        String guest = "?token=guest-guest-guest";
        assertThat(server.raw("GET", job + guest).statusCode()).isEqualTo(200);
        assertThat(server.raw("GET", "/api/v1/jobs" + guest).statusCode()).isEqualTo(200);
        assertThat(server.raw("DELETE", job + guest).statusCode()).isEqualTo(403);
        assertThat(server.raw("POST", "/api/v1/jobs" + guest).statusCode()).isEqualTo(403);
        assertThat(server.raw("PATCH", job + guest).statusCode()).isEqualTo(403);
        assertThat(server.raw("GET", job).statusCode()).isEqualTo(401);
        assertThat(server.raw("POST", "/api/v1/jobs").statusCode()).isEqualTo(401);
        assertThat(server.folders()).isEmpty();
    }

    @Test
    void withoutASectionThereAreNoJobs() {
        ServerConfig config = ConfigFile.parse("test", "address: 127.0.0.1:0", Map.of());
        try (LiveStreams streams = new LiveStreams(config, new OpenModels(Catalogue.standard()));
                LiveServer other = LiveServer.start(config, streams, null, List.of())) {
            HttpRequest request = HttpRequest.newBuilder(
                            JobsServer.uri(other.address().getPort(), "/api/v1/jobs"))
                    .build();
            assertProblem(
                    JobsServer.answer(request, BodyHandlers.ofString()), 404, "its configuration has no section jobs");
        }
    }
}
