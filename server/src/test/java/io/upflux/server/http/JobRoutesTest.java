package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.upflux.buffer.NativeScope;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.frame.VideoFrame;
import io.upflux.models.Catalogue;
import io.upflux.models.sharing.OpenModels;
import io.upflux.pipeline.Notices;
import io.upflux.server.bench.drawn.MovingPattern;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.JobsConfig;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.job.Jobs;
import io.upflux.server.live.LiveStreams;
import io.upflux.server.segment.SpoiltPictures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs over HTTP; they only run where a test starts them. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class JobRoutesTest {
    private static final int LIMIT = 300_000;
    private static final int QUEUE_LIMIT = 5;
    private static final String JSON = "application/json";

    @TempDir
    private Path folder;

    private Path films;
    private Jobs jobs;
    private LiveStreams streams;
    private LiveServer server;

    @BeforeEach
    void make() throws IOException {
        films = Files.createDirectory(folder.resolve("films"));
        Files.writeString(films.resolve("film.mp4"), "not looked at");
        start("queueLimit: " + QUEUE_LIMIT);
    }

    private void start(String key) {
        ServerConfig config = ConfigFile.parse("test", """
                address: 127.0.0.1:0
                tokens:
                  guest: {secret: guest-guest-guest, role: viewer}
                  owner: {secret: owner-owner-owner, role: operator}
                jobs: {folder: %s, uploadLimit: 300000, %s}
                allowedSources: [%s, 'https://media.example']
                """.formatted(folder.resolve("jobs"), key, films), Map.of());
        Catalogue catalogue = Catalogue.standard();
        streams = new LiveStreams(config, new OpenModels(catalogue));
        JobsConfig jobsConfig = config.jobs();
        assertThat(jobsConfig).isNotNull();
        jobs = Jobs.open(jobsConfig, config.allowedSources());
        server = LiveServer.start(config, streams, jobs, List.of());
    }

    @AfterEach
    void stop() {
        jobs.stop();
        server.close();
        jobs.close();
        streams.close();
    }

    @Test
    void anUploadIsUpscaledWatchedAndDownloadedInParts() throws Exception {
        jobs.start();
        Path clip = folder.resolve("clip.mp4");
        FfmpegPrograms.ffmpeg(
                "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=2", "-c:v", "mpeg4", clip.toString());
        String query = "?name=Fj%C3%A4ll%20%231.mp4&model=plain-s-x2&container=mkv&priority=3";
        HttpResponse<String> created = send("POST", "/api/v1/jobs" + query, "video/mp4", BodyPublishers.ofFile(clip));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        String job = created.headers().firstValue("Location").orElseThrow();
        JsonNode queued = tree(created);
        assertThat(job).isEqualTo("/api/v1/jobs/" + queued.get("id").asText());
        assertThat(queued.get("name").asText()).isEqualTo("Fjäll #1.mp4");
        assertThat(queued.get("state").asText()).isEqualTo("queued");
        assertThat(queued.get("priority").asInt()).isEqualTo(3);
        assertThat(queued.get("model").asText()).isEqualTo("plain-s-x2");
        assertThat(queued.has("input")).isFalse();

        HttpResponse<String> events = send("GET", job + "/events", null, BodyPublishers.noBody());
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
        HttpResponse<String> head = send("HEAD", job + "/output", null, BodyPublishers.noBody());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(bytes.length);
        assertThat(head.body()).isEmpty();

        HttpResponse<byte[]> picture = fetch(job + "/picture");
        assertThat(picture.headers().firstValue("Content-Type")).contains("image/jpeg");
        Path newest = Files.write(folder.resolve("newest.jpeg"), picture.body());
        assertThat(FfmpegPrograms.ffprobe(
                        "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", newest.toString()))
                .startsWith("192,128");

        String metrics = send("GET", "/metrics", null, BodyPublishers.noBody()).body();
        assertThat(metrics)
                .contains("upflux_jobs{state=\"done\"}")
                .contains("upflux_job_seconds_count{state=\"done\"} 1")
                .contains("upflux_job_seconds_sum{state=\"done\"}");

        assertThat(send("DELETE", job, null, BodyPublishers.noBody()).statusCode())
                .isEqualTo(204);
        assertThat(get(job + "/output").statusCode()).isEqualTo(404);
        assertThat(folders()).isEmpty();
    }

    @Test
    void aPartOfAnUploadIsUpscaledWhereItIsWanted() throws Exception {
        jobs.start();
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
        HttpResponse<String> created = send(
                "POST",
                "/api/v1/jobs?name=clip.mp4&model=bicubic-x2&" + query,
                "video/mp4",
                BodyPublishers.ofFile(file));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        String job = created.headers().firstValue("Location").orElseThrow();
        send("GET", job + "/events", null, BodyPublishers.noBody());
        JsonNode ended = tree(get(job));
        assertThat(ended.get("state").asText()).as(ended.toString()).isEqualTo("done");
        return ended;
    }

    /** In the output of a job. */
    private int frames(JsonNode job) throws IOException {
        Path output = folder.resolve("made." + job.get("container").asText());
        Files.write(output, fetch(job.get("output").asText()).body());
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
        String first = create("{\"input\": \"%s/film.mp4\", \"name\": \"first.mp4\"}");
        String second = create("{\"input\": \"https://media.example/second.mkv?x=1\", \"crf\": 20, \"height\": 720}");
        assertThat(tree(get(second)).get("name").asText()).isEqualTo("second.mkv");
        assertThat(tree(get(second)).get("container").asText()).isEqualTo("mkv");
        JsonNode list = tree(get("/api/v1/jobs?limit=1"));
        assertThat(list.get("total").asInt()).isEqualTo(2);
        assertThat(list.get("jobs")).hasSize(1);
        assertThat(list.at("/jobs/0/name").asText()).isEqualTo("second.mkv");
        assertThat(tree(get("/api/v1/jobs?limit=1&offset=1")).at("/jobs/0/name").asText())
                .isEqualTo("first.mp4");

        JsonNode paused = tree(patch(first, "{\"state\": \"paused\", \"priority\": 9}"));
        assertThat(paused.get("state").asText()).isEqualTo("paused");
        assertThat(paused.get("priority").asInt()).isEqualTo(9);
        assertThat(tree(get("/api/v1/jobs?state=paused,done")).get("total").asInt())
                .isEqualTo(1);
        assertThat(tree(patch(first, "{\"state\": \"queued\"}")).get("state").asText())
                .isEqualTo("queued");
        assertThat(tree(patch(first, "{\"state\": \"cancelled\"}")).get("state").asText())
                .isEqualTo("cancelled");
        assertProblem(patch(first, "{\"state\": \"paused\"}"), 409, "is cancelled and cannot be made paused");
        assertProblem(patch(first, "{\"state\": \"done\"}"), 409, "a job becomes done by itself only");
        assertProblem(patch(first, "{\"state\": \"stopped\"}"), 400, "state: is none of [queued, running");
        assertProblem(patch(first, "{\"prio\": 1}"), 400, "prio: unknown key");
        assertProblem(patch(first, "[]"), 400, "must be a JSON object");
        assertProblem(get(first + "/output"), 409, "has no output: it is cancelled");
        assertProblem(get(first + "/picture"), 404, "has no picture: it is cancelled");
        assertThat(get(first + "/events").body()).as("it has ended").contains("\"state\":\"cancelled\"");

        assertThat(send("DELETE", first, null, BodyPublishers.noBody()).statusCode())
                .isEqualTo(204);
        assertProblem(send("DELETE", first, null, BodyPublishers.noBody()), 404, "there is no job");
        assertProblem(get(first), 404, "there is no job");
        assertProblem(get(first + "/events"), 404, "there is no job");
        assertProblem(patch(first, "{}"), 404, "there is no job");
        assertProblem(get("/api/v1/jobs/..%2F..%2Fetc"), 404, "there is nothing at");
    }

    /** As a job's process keeps them, which knows nothing of the server. */
    @Test
    void picturesThatStayedSpoiltAreForOperatorsAndGoWithTheirJob() throws Exception {
        HttpResponse<String> created =
                send("POST", "/api/v1/jobs?container=mkv", "video/mp4", BodyPublishers.ofByteArray(new byte[100]));
        String job = created.headers().firstValue("Location").orElseThrow();
        assertProblem(get(job + "/spoilt/source.png"), 404, "stayed spoilt");
        Path output = folder.resolve("jobs/" + tree(created).get("id").asText() + "/output.mkv");
        try (NativeScope scope = new NativeScope();
                VideoFrame source = drawn(scope, 32);
                VideoFrame upscaled = drawn(scope, 64)) {
            assertThatThrownBy(() -> new SpoiltPictures(output, Notices.none()).spoilt("is black", source, upscaled))
                    .hasMessageContaining("kept as");
        }
        for (String kind : List.of("source", "upscaled")) {
            String path = job + "/spoilt/" + kind + ".png";
            HttpRequest owner = HttpRequest.newBuilder(
                            uri(server.address().getPort(), path + "?token=owner-owner-owner"))
                    .build();
            HttpResponse<byte[]> picture = answer(owner, BodyHandlers.ofByteArray());
            assertThat(picture.headers().firstValue("Content-Type")).contains("image/png");
            assertThat(output.resolveSibling("output.mkv.0." + kind + ".png")).hasBinaryContent(picture.body());
            assertThat(fetch(path).statusCode()).as("for a viewer").isEqualTo(403);
        }
        assertThat(send("DELETE", job, null, BodyPublishers.noBody()).statusCode())
                .isEqualTo(204);
        assertThat(folders()).isEmpty();
    }

    private static VideoFrame drawn(NativeScope scope, int side) {
        return Objects.requireNonNull(
                new MovingPattern(side, side, 1).frames(scope).blockFirst());
    }

    @Test
    void whatIsTooLargeLeavesNothing() {
        byte[] large = new byte[LIMIT + 1];
        HttpResponse<String> said =
                send("POST", "/api/v1/jobs?name=a.mp4", "video/mp4", BodyPublishers.ofByteArray(large));
        assertProblem(said, 413, "up to 300000 bytes (jobs.uploadLimit)");
        BodyPublisher unknown = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large));
        assertProblem(send("POST", "/api/v1/jobs?name=a.mp4", "video/mp4", unknown), 413, "jobs.uploadLimit");
        assertThat(folders()).isEmpty();
        assertThat(tree(get("/api/v1/jobs")).get("total").asInt()).isZero();
        byte[] fits = new byte[LIMIT];
        assertThat(send("POST", "/api/v1/jobs", "video/mp4", BodyPublishers.ofByteArray(fits))
                        .statusCode())
                .isEqualTo(201);
        assertThat(folders()).hasSize(1);
    }

    @Test
    void aFullQueueTakesNoJobsUntilThereIsRoom() {
        String first = create("{\"input\": \"%s/film.mp4\"}");
        for (int i = 1; i < QUEUE_LIMIT; i++) {
            assertThat(upload("", "video/mp4", "x").statusCode()).isEqualTo(201);
        }
        List<String> before = folders();
        for (HttpResponse<String> full :
                List.of(upload("", "video/mp4", "x"), post("{\"input\": \"" + films + "/film.mp4\"}"))) {
            assertProblem(full, 503, QUEUE_LIMIT + " jobs wait already, and no more may (jobs.queueLimit)");
            assertThat(full.headers().firstValue("Retry-After")).contains("60");
        }
        assertThat(folders()).as("nothing is stored").isEqualTo(before);
        assertThat(tree(get("/api/v1/jobs")).get("total").asInt()).isEqualTo(QUEUE_LIMIT);
        patch(first, "{\"state\": \"paused\"}");
        assertThat(upload("", "video/mp4", "x").statusCode()).isEqualTo(201);
        assertThat(tree(patch(first, "{\"state\": \"queued\"}")).get("state").asText())
                .as("what was in comes in again")
                .isEqualTo("queued");
        String second = tree(get("/api/v1/jobs")).at("/jobs/0/id").asText();
        patch("/api/v1/jobs/" + second, "{\"state\": \"cancelled\"}");
        assertThat(upload("", "video/mp4", "x").statusCode()).as("it counts").isEqualTo(503);
    }

    /** The queue is as long as is told, also for those who come at once. */
    @Test
    void whoComeAtOnceFillNoMoreThanTheQueue() {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(uri(server.address().getPort(), "/api/v1/jobs"))
                .header("Authorization", "Bearer owner-owner-owner")
                .header("Content-Type", "video/mp4")
                .POST(BodyPublishers.ofString("x"))
                .build();
        List<CompletableFuture<HttpResponse<String>>> answers = Stream.generate(
                        () -> client.sendAsync(request, BodyHandlers.ofString()))
                .limit(4 * QUEUE_LIMIT)
                .toList();
        assertThat(answers.stream().map(answer -> answer.join().statusCode())).containsOnly(201, 503);
        assertThat(tree(get("/api/v1/jobs")).get("total").asInt()).isLessThanOrEqualTo(QUEUE_LIMIT);
    }

    @Test
    void aFullDiskTakesNoJobs() {
        stop();
        start("minFree: 100000000G");
        assertProblem(upload("", "video/mp4", "x"), 507, "must stay so (jobs.minFree)");
        assertProblem(post("{\"input\": \"" + films + "/film.mp4\"}"), 507, "must stay so (jobs.minFree)");
        assertThat(folders()).isEmpty();
        assertThat(tree(get("/api/v1/jobs")).get("total").asInt()).isZero();
    }

    @Test
    void aFolderThatCanBeWrittenNoMoreIsSaidInALine() throws IOException {
        Path root = folder.resolve("jobs");
        Path aside = Files.move(root, folder.resolve("aside"));
        Files.writeString(root, "in its place");
        assertProblem(upload("", "video/mp4", "x"), 507, "the upload cannot be written; the server's log says why");
        String job = create("{\"input\": \"%s/film.mp4\"}");
        jobs.start();
        await(() -> tree(get(job)).get("state").asText().equals("failed"));
        assertThat(tree(get(job)).get("error").asText())
                .isEqualTo("its files cannot be written; the server's log says why");
        Files.delete(root);
        Files.move(aside, root);
        assertThat(folders()).isEmpty();
    }

    @Test
    void whatBreaksOffLeavesNothing() throws Exception {
        try (java.net.Socket socket =
                new java.net.Socket("127.0.0.1", server.address().getPort())) {
            socket.getOutputStream()
                    .write(("POST /api/v1/jobs?name=a.mp4&token=owner-owner-owner HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                    + "Content-Type: video/mp4\r\nContent-Length: 200000\r\n\r\n"
                                    + "x".repeat(100_000))
                            .getBytes(StandardCharsets.US_ASCII));
            await(() -> !folders().isEmpty());
        }
        await(() -> folders().isEmpty());
        assertThat(tree(get("/api/v1/jobs")).get("total").asInt()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc/passwd",
                "%s/../secret.mp4",
                "%s/link.mp4",
                "film.mp4",
                "http://media.example/a.mp4",
                "https://media.example.evil.example/a.mp4",
                "https://media.example@evil.example/a.mp4",
                "file:///etc/passwd",
                "concat:/etc/passwd"
            })
    void whatTheConfigurationDoesNotAllowIsRefused(String input) throws IOException {
        Files.createSymbolicLink(films.resolve("link.mp4"), Files.writeString(folder.resolve("secret.mp4"), "secret"));
        HttpResponse<String> said = post("{\"input\": \"" + input.formatted(films) + "\"}");
        assertProblem(said, 403, "");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"input": "FILMS/none.mp4"}                     | 403 | no such file among the allowedSources
            {}                                              | 400 | input: is missing
            {"input": "FILMS/film.mp4", "model": "a.onnx"}  | 403 | model: by request, models go by their names
            {"input": "FILMS/film.mp4", "model": "../x"}    | 403 | model: by request, models go by their names
            {"input": "FILMS/film.mp4", "scale": 99}        | 400 | scale: must be a whole number from 1 to 8
            {"input": "FILMS/film.mp4", "scale": 2, "height": 720} | 400 | exclude each other
            {"input": "FILMS/film.mp4", "crf": 20, "bitrate": "2M"} | 400 | exclude each other
            {"input": "FILMS/film.mp4", "reuse": "much"}    | 400 | reuse: 'much' is none of
            {"input": "FILMS/film.mp4", "container": "exe"} | 400 | container: is none of
            {"input": "FILMS/film.mp4", "videoCodec": "-y"} | 400 | videoCodec: is the name of a codec or an encoder
            {"input": "FILMS/film.mp4", "model": "plane-s"} | 422 | no model is named 'plane-s'; nearest: plain-s-x2
            {"input": "FILMS/film.mp4", "model": "plane-s", "height": 720} | 422 | no model is named 'plane-s'
            {"input": "FILMS/film.mp4", "model": "plain-s-x2", "scale": 3} | 422 | enlarges by 2, not by 3
            {"input": "FILMS/film.mp4", "halting": 0.95}    | 422 | plain-s-x2 cannot halt early
            {"input": "FILMS/film.mp4", "model": "adaformer-s", "halting": 99} | 422 | a threshold must be less than
            {"input": "FILMS/film.mp4", "device": "gpu"}    | 400 | device: device 'gpu' is unknown; use auto, cpu, cuda
            {"input": "FILMS/film.mp4", "device": "cuda:99"} | 422 | device cuda:99: th
            {"input": "FILMS/film.mp4", "start": "1d"}      | 400 | start: '1d' is no time; write seconds (90 or 90.5)
            {"input": "FILMS/film.mp4", "duration": -1}     | 400 | duration: '-1' is no time
            {"input": "FILMS/film.mp4", "duration": "0:00"} | 400 | duration: must be more than 0
            {"input": "FILMS/film.mp4", "priority": 1000}   | 400 | priority: must be a whole number
            {"input": "FILMS/film.mp4", "output": "/x"}     | 400 | output: unknown key
            {"input": ["FILMS/film.mp4"]}                   | 400 | input: must be a text
            {"input                                         | 400 | must be a JSON object
            """)
    void whatIsWrongIsNamed(String body, int status, String detail) {
        assertProblem(post(body.replace("FILMS", films.toString())), status, detail);
        assertThat(tree(get("/api/v1/jobs")).get("total").asInt()).isZero();
    }

    @Test
    void uploadsThatCannotBeAreNamed() {
        assertProblem(upload("?crf=x", "video/mp4", "x"), 400, "crf: must be a whole number");
        assertProblem(upload("?speed=2", "video/mp4", "x"), 400, "speed: unknown key");
        assertProblem(upload("?input=/etc/passwd", "video/mp4", "x"), 400, "input: is for application/json");
        assertProblem(upload("?name=..%2F", "video/mp4", "x"), 400, "name: must be a file name");
        assertProblem(upload("", "video/mp4", ""), 400, "the body is empty");
        assertProblem(upload("?model=plane-s", "video/mp4", "x"), 422, "no model is named 'plane-s'");
        assertProblem(upload("", "multipart/form-data; boundary=x", "x"), 415, "not a form");
        // What curl -d calls its data unless it is told otherwise.
        assertProblem(
                upload("", "application/x-www-form-urlencoded", "{\"input\": \"/srv/a.mp4\"}"),
                415,
                "Content-Type: application/json");
        assertProblem(get("/api/v1/jobs?limit=99999"), 400, "limit must be up to 1000");
        assertProblem(get("/api/v1/jobs?state=gone"), 400, "state: is none of");
        assertThat(folders()).isEmpty();
        HttpResponse<String> hidden = upload("?name=..%2F..%2Fetc%2Fpass%0Awd.mp4", "video/mp4", "x");
        assertThat(tree(hidden).get("name").asText()).isEqualTo("passwd.mp4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "br, gzip"})
    void packedBodiesAreRefused(String coding) {
        HttpRequest request = HttpRequest.newBuilder(uri(server.address().getPort(), "/api/v1/jobs"))
                .header("Authorization", "Bearer owner-owner-owner")
                .header("Content-Type", "video/mp4")
                .header("Content-Encoding", coding)
                .POST(BodyPublishers.ofString("x"))
                .build();
        HttpResponse<String> answer = answer(request, BodyHandlers.ofString());
        assertProblem(answer, 415, "the body is packed by " + coding + "; send it as it is");
        assertThat(answer.headers().firstValue("Accept-Encoding")).contains("identity");
        assertThat(folders()).isEmpty();
    }

    @Test
    void guestsSeeAndOperatorsChange() {
        String job = create("{\"input\": \"%s/film.mp4\"}");
        String guest = "?token=guest-guest-guest";
        assertThat(raw("GET", job + guest).statusCode()).isEqualTo(200);
        assertThat(raw("GET", "/api/v1/jobs" + guest).statusCode()).isEqualTo(200);
        assertThat(raw("DELETE", job + guest).statusCode()).isEqualTo(403);
        assertThat(raw("POST", "/api/v1/jobs" + guest).statusCode()).isEqualTo(403);
        assertThat(raw("PATCH", job + guest).statusCode()).isEqualTo(403);
        assertThat(raw("GET", job).statusCode()).isEqualTo(401);
        assertThat(raw("POST", "/api/v1/jobs").statusCode()).isEqualTo(401);
        assertThat(folders()).isEmpty();
    }

    @Test
    void withoutASectionThereAreNoJobs() {
        ServerConfig config = ConfigFile.parse("test", "address: 127.0.0.1:0", Map.of());
        try (LiveServer other = LiveServer.start(config, streams, null, List.of())) {
            HttpResponse<String> said =
                    request(other.address().getPort(), "GET", "/api/v1/jobs", null, BodyPublishers.noBody());
            assertProblem(said, 404, "its configuration has no section jobs");
        }
    }

    private String create(String body) {
        HttpResponse<String> created = post(body.replace("%s", films.toString()));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        return created.headers().firstValue("Location").orElseThrow();
    }

    private HttpResponse<String> post(String body) {
        return send("POST", "/api/v1/jobs", JSON, BodyPublishers.ofString(body));
    }

    private HttpResponse<String> upload(String query, String type, String body) {
        return send("POST", "/api/v1/jobs" + query, type, BodyPublishers.ofString(body));
    }

    private HttpResponse<String> patch(String job, String body) {
        return send("PATCH", job, JSON, BodyPublishers.ofString(body));
    }

    private HttpResponse<String> get(String path) {
        return send("GET", path, null, BodyPublishers.noBody());
    }

    private HttpResponse<byte[]> download(String job, String... headers) {
        return fetch(job + "/output", headers);
    }

    private HttpResponse<byte[]> fetch(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        uri(server.address().getPort(), path))
                .header("Authorization", "Bearer guest-guest-guest");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return answer(request.build(), BodyHandlers.ofByteArray());
    }

    private HttpResponse<String> send(String method, String path, @Nullable String type, BodyPublisher body) {
        return request(server.address().getPort(), method, path, type, body);
    }

    /** Without a token. */
    private HttpResponse<String> raw(String method, String path) {
        HttpRequest request = HttpRequest.newBuilder(uri(server.address().getPort(), path))
                .method(method, BodyPublishers.noBody())
                .build();
        return answer(request, BodyHandlers.ofString());
    }

    private static HttpResponse<String> request(
            int port, String method, String path, @Nullable String type, BodyPublisher body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(port, path))
                .header("Authorization", "Bearer owner-owner-owner")
                .method(method, body);
        if (type != null) {
            request.header("Content-Type", type);
        }
        return answer(request.build(), BodyHandlers.ofString());
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private static <T> HttpResponse<T> answer(HttpRequest request, HttpResponse.BodyHandler<T> body) {
        try {
            return HttpClient.newHttpClient().send(request, body);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void assertProblem(HttpResponse<String> said, int status, String detail) {
        assertThat(said.statusCode()).as(said.body()).isEqualTo(status);
        assertThat(said.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(tree(said).get("detail").asText()).contains(detail).doesNotContain("\n");
    }

    private static JsonNode tree(HttpResponse<String> answer) {
        return tree(answer.body());
    }

    private static JsonNode tree(String json) {
        try {
            return new ObjectMapper().readTree(json);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private List<String> folders() {
        try (Stream<Path> files = Files.list(folder.resolve("jobs"))) {
            return files.filter(Files::isDirectory).map(Path::toString).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void await(java.util.function.BooleanSupplier what) {
        long limit = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!what.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(limit);
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
