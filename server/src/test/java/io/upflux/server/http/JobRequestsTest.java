package io.upflux.server.http;

import static io.upflux.server.http.JobsServer.assertProblem;
import static io.upflux.server.http.JobsServer.tree;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a job may be made of; what is wrong with a request for one is named. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class JobRequestsTest {
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
        Files.createSymbolicLink(
                server.films().resolve("link.mp4"), Files.writeString(folder.resolve("secret.mp4"), "secret"));
        HttpResponse<String> said = server.post("{\"input\": \"" + input.formatted(server.films()) + "\"}");
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
        assertProblem(server.post(body.replace("FILMS", server.films().toString())), status, detail);
        assertThat(tree(server.get("/api/v1/jobs")).get("total").asInt()).isZero();
    }

    @Test
    void uploadsThatCannotBeAreNamed() {
        assertProblem(server.upload("?crf=x", "video/mp4", "x"), 400, "crf: must be a whole number");
        assertProblem(server.upload("?speed=2", "video/mp4", "x"), 400, "speed: unknown key");
        assertProblem(server.upload("?input=/etc/passwd", "video/mp4", "x"), 400, "input: is for application/json");
        assertProblem(server.upload("?name=..%2F", "video/mp4", "x"), 400, "name: must be a file name");
        assertProblem(server.upload("", "video/mp4", ""), 400, "the body is empty");
        assertProblem(server.upload("?model=plane-s", "video/mp4", "x"), 422, "no model is named 'plane-s'");
        assertProblem(server.upload("", "multipart/form-data; boundary=x", "x"), 415, "not a form");
        // What curl -d calls its data unless it is told otherwise.
        assertProblem(
                server.upload("", "application/x-www-form-urlencoded", "{\"input\": \"/srv/a.mp4\"}"),
                415,
                "Content-Type: application/json");
        assertProblem(server.get("/api/v1/jobs?limit=99999"), 400, "limit must be up to 1000");
        assertProblem(server.get("/api/v1/jobs?state=gone"), 400, "state: is none of");
        assertThat(server.folders()).isEmpty();
        HttpResponse<String> hidden = server.upload("?name=..%2F..%2Fetc%2Fpass%0Awd.mp4", "video/mp4", "x");
        assertThat(tree(hidden).get("name").asText()).isEqualTo("passwd.mp4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "br, gzip"})
    void packedBodiesAreRefused(String coding) {
        HttpRequest request = server.request("/api/v1/jobs")
                .header("Content-Type", "video/mp4")
                .header("Content-Encoding", coding)
                .POST(BodyPublishers.ofString("x"))
                .build();
        HttpResponse<String> answer = JobsServer.answer(request, BodyHandlers.ofString());
        assertProblem(answer, 415, "the body is packed by " + coding + "; send it as it is");
        assertThat(answer.headers().firstValue("Accept-Encoding")).contains("identity");
        assertThat(server.folders()).isEmpty();
    }
}
