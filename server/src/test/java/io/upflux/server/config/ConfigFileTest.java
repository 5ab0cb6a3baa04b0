package io.upflux.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.codecs.InputLimits;
import io.upflux.models.Device;
import io.upflux.models.Halting;
import io.upflux.pipeline.StreamException;
import io.upflux.server.process.Residence;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {
    @Test
    void aStreamTakesWhatItDoesNotSayFromTheDefaults() {
        ServerConfig config = parse("""
                address: 127.0.0.1:9000
                viewerBuffer: 2M
                streamDefaults:
                  model: plain-s
                  device: cpu
                  sourceOptions: {timeout: 5000000}
                streams:
                  cam:
                    source: rtsp://camera/1
                    scale: 2
                    segment: 4s
                    part: 500ms
                    bitrate: 2500k
                    onDemand: yes
                    sourceOptions: {rtsp_transport: udp}
                  film: {source: film.mp4, model: bicubic-x2}
                """);

        assertThat(config.host()).isEqualTo("127.0.0.1");
        assertThat(config.port()).isEqualTo(9000);
        assertThat(config.viewerBytes()).isEqualTo(2 << 20);
        StreamConfig cam = config.streams().get(0);
        assertThat(cam.model()).isEqualTo("plain-s");
        assertThat(cam.scale()).isEqualTo(2);
        assertThat(cam.device()).isEqualTo(Device.CPU);
        assertThat(cam.live().segment()).isEqualTo(Duration.ofSeconds(4));
        assertThat(cam.live().part()).isEqualTo(Duration.ofMillis(500));
        assertThat(cam.live().encoding().bitrate()).isEqualTo(2_500_000);
        assertThat(cam.onDemand()).isTrue();
        assertThat(cam.sourceOptions()).containsEntry("timeout", "5000000").containsEntry("rtsp_transport", "udp");
        assertThat(config.streams().get(1).model()).isEqualTo("bicubic-x2");
        assertThat(config.streams().get(1).onDemand()).isFalse();
    }

    @Test
    void whatComesOverANetworkIsDecodedApartUnlessTheConfigurationSaysOtherwise() {
        ServerConfig config = parse("""
                streams:
                  camera: {source: rtsp://camera/1}
                  sent: {source: publisher}
                  port: {source: 'tcp://127.0.0.1:9', listen: true}
                  film: {source: film.mp4}
                  url: {source: 'file:film.mp4'}
                  trusted: {source: rtsp://camera/2, isolation: none}
                  strange: {source: film.mp4, isolation: process, hwaccel: 'cuda:1'}
                """);
        assertThat(config.streams())
                .filteredOn(StreamConfig::isolated)
                .extracting(StreamConfig::name)
                .containsExactly("camera", "sent", "port", "strange");
        assertThat(config.streams()).extracting(StreamConfig::hwaccel).containsOnly(null, "cuda:1");
        assertThat(config.streams().get(3).guardedSource().isolated())
                .as("a file that a request names")
                .isTrue();
    }

    @Test
    void limitsAreThoseOfAllStreams() {
        ServerConfig config = parse("""
                limits: {pixels: 2073600, streams: 4, frameRate: 60, duration: 2h, memory: 512M}
                streams:
                  cam: {source: rtsp://camera/1}
                """);
        LimitsConfig limits = config.streams().get(0).limits();
        assertThat(limits.input()).isEqualTo(new InputLimits(2_073_600, 4, 60, Duration.ofHours(2)));
        assertThat(limits.memoryBytes()).isEqualTo(512L << 20);
        assertThat(parse("streams: {cam: {source: x}}")
                        .streams()
                        .get(0)
                        .limits()
                        .input())
                .isEqualTo(InputLimits.USUAL);
    }

    @Test
    void windowsHaltWhereTheConfigurationSaysSo() {
        List<StreamConfig> streams = parse("""
                streamDefaults: {halting: 0.95}
                streams:
                  early: {source: a}
                  late: {source: a, halting: off}
                """).streams();
        assertThat(streams.get(0).halting()).isEqualTo(new Halting(0.95));
        assertThat(streams.get(1).halting()).isEqualTo(Halting.OFF);
        assertThat(streams.get(0).runsAs(streams.get(1))).isFalse();
    }

    @Test
    void nothingIsNeededButStreams() {
        ServerConfig config = parse("");
        assertThat(config.host()).isEqualTo("127.0.0.1");
        assertThat(config.streams()).isEmpty();
    }

    @Test
    void theEnvironmentWinsAndMayAddStreams() {
        ServerConfig config = ConfigFile.parse(
                "upflux.yml",
                "streams: {Front_Door: {source: a.mp4}}",
                Map.of(
                        "UPFLUX_ADDRESS", ":8000",
                        "UPFLUX_ANONYMOUS", "viewer",
                        "UPFLUX_STREAMS_FRONT_DOOR_SOURCE", "b.mp4",
                        "UPFLUX_STREAMS_YARD_SOURCE", "c.mp4",
                        "UPFLUX_STREAMDEFAULTS_ONDEMAND", "true",
                        "UPFLUX_MODELS", "/models"));

        assertThat(config.host()).isEqualTo("0.0.0.0");
        assertThat(config.port()).isEqualTo(8000);
        assertThat(config.streams()).extracting(StreamConfig::name).containsExactly("Front_Door", "yard");
        assertThat(config.streams()).extracting(StreamConfig::source).containsExactly("b.mp4", "c.mp4");
        assertThat(config.streams()).allMatch(StreamConfig::onDemand);
    }

    @Test
    void jobsHaveDefaultsForAllButTheirFolder() {
        JobsConfig jobs = jobs(parse("jobs: {folder: /var/jobs}"));
        assertThat(jobs.folder()).isEqualTo(Path.of("/var/jobs"));
        assertThat(jobs.database()).isNull();
        assertThat(jobs.parallel()).isEqualTo(1);
        assertThat(jobs.heapBytes()).isEqualTo(512L << 20);
        assertThat(jobs.memoryBytes()).isBetween(1L << 30, Residence.machineBytes() - 1);
        assertThat(jobs.queueLimit()).isEqualTo(1000);
        assertThat(jobs.uploadBytes()).isEqualTo(4L << 30);
        assertThat(jobs.freeBytes()).isEqualTo(1L << 30);
        assertThat(jobs.keep()).isEqualTo(Duration.ofDays(7));
        assertThat(jobs.timeLimit()).isNull();
        assertThat(jobs.stall()).isEqualTo(Duration.ofHours(1));
        assertThat(jobs.tries()).isEqualTo(3);
        assertThat(jobs.watch()).isEmpty();
        assertThat(parse("").jobs()).isNull();
    }

    @Test
    void picturesAreGuardedUnlessAStreamSaysOtherwise() {
        List<StreamConfig> streams = parse("""
                streams:
                  usual: {source: a.mp4}
                  bold: {source: a.mp4, guard: false}
                """).streams();
        assertThat(streams).extracting(StreamConfig::guard).containsExactly(true, false);
    }

    @Test
    void allOthersAreMadeByTheirNames() {
        ServerConfig config = parse("""
                streamDefaults: {crf: 20}
                streams:
                  all_others:
                    source: srt://h:8890?streamid=read:$name&x=$name
                    onDemand: true
                    push: [rtmp://h/up/$name, 'rtsp://h/$name-x2']
                    record: {folder: /srv/$name, every: 1m}
                  cam: {source: '/a/$name', onDemand: true, record: {folder: r}}
                """);
        assertThat(config.streams()).extracting(StreamConfig::name).containsExactly("cam");
        assertThat(config.streams().get(0).source()).isEqualTo("/a/$name");
        assertThat(config.streams().get(0).always()).isTrue();
        StreamTemplate others = others(config);
        assertThat(others.most()).isEqualTo(8);
        StreamConfig made = others.of("a.b-c_1");
        assertThat(made.name()).isEqualTo("a.b-c_1");
        assertThat(made.source()).isEqualTo("srt://h:8890?streamid=read:a.b-c_1&x=a.b-c_1");
        assertThat(made.push()).containsExactly("rtmp://h/up/a.b-c_1", "rtsp://h/a.b-c_1-x2");
        assertThat(made.record()).isEqualTo(new RecordConfig("/srv/a.b-c_1", Duration.ofMinutes(1), "mp4", null));
        assertThat(made.live().encoding().crf()).isEqualTo(20);
        assertThat(made.ephemeral()).isTrue();
        assertThat(made.always()).as("it does not stay for being recorded").isFalse();
        assertThat(made.runsAs(others.of("a.b-c_1"))).isTrue();
        assertThat(parse("").others()).isNull();
    }

    /** What a name may have needs no encoding anywhere in a URL (RFC 3986, section 2.3), and leads to no other folder. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "a/b",
                "a\\b",
                "a?b",
                "a#b",
                "a@b",
                "a:b",
                "a%2fb",
                "a b",
                "a\nb",
                "é",
                "all_others"
            })
    void otherNamesAreNotMade(String name) {
        StreamTemplate others = others(parse("streams: {all_others: {source: publisher}}"));
        assertThat(others.covers(name)).isFalse();
        assertThat(others.covers("A.b_c-1")).isTrue();
        assertThat(others.covers("a".repeat(65))).isFalse();
    }

    @Test
    void theEnvironmentSetsAllOthers() {
        Map<String, String> variables = Map.of(
                "UPFLUX_STREAMS_ALL_OTHERS_SOURCE", "publisher",
                "UPFLUX_STREAMS_ALL_OTHERS_MODEL", "bicubic-x2");
        StreamTemplate others = others(ConfigFile.parse("upflux.yml", "", variables));
        assertThat(others.isPublished()).isTrue();
        assertThat(others.stream().model()).isEqualTo("bicubic-x2");
    }

    private static StreamTemplate others(ServerConfig config) {
        StreamTemplate others = config.others();
        assertThat(others).isNotNull();
        return others;
    }

    @Test
    void jobsWatchFoldersEachInItsOwnWay() {
        JobsConfig jobs = jobs(parse("""
                jobs:
                  folder: /var/jobs
                  database: r2dbc:postgresql://user:secret@db/jobs
                  keep: 2d
                  timeLimit: 3h
                  stall: 20m
                  queueLimit: 20
                  memory: 1G
                  memoryLimit: 6G
                  watch:
                    - {folder: /in, output: /out, model: plain-s, scale: 2, guard: false, container: mp4, settle: 1m, priority: -3}
                    - {folder: /in2, output: /out2}
                    - {folder: /in3, output: /out3, device: cuda, start: 1:30, duration: 90.5}
                """));
        assertThat(jobs.keep()).isEqualTo(Duration.ofHours(48));
        assertThat(jobs.timeLimit()).isEqualTo(Duration.ofHours(3));
        assertThat(jobs.stall()).isEqualTo(Duration.ofMinutes(20));
        assertThat(jobs.queueLimit()).isEqualTo(20);
        assertThat(jobs.heapBytes()).isEqualTo(1L << 30);
        assertThat(jobs.memoryBytes()).isEqualTo(6L << 30);
        WatchConfig first = jobs.watch().get(0);
        assertThat(first.output()).isEqualTo(Path.of("/out"));
        assertThat(first.settle()).isEqualTo(Duration.ofMinutes(1));
        assertThat(first.priority()).isEqualTo(-3);
        assertThat(first.upscaling())
                .isEqualTo(new Upscaling(
                        "plain-s", null, 2, null, null, null, false, null, null, null, null, null, "mp4"));
        assertThat(jobs.watch().get(1).upscaling()).isEqualTo(Upscaling.USUAL);
        Upscaling part = jobs.watch().get(2).upscaling();
        assertThat(part.device()).isEqualTo("cuda:0");
        assertThat(part.start()).isEqualTo("1:30");
        assertThat(part.duration()).isEqualTo("90.5");
    }

    @Test
    void theEnvironmentSetsJobs() {
        Map<String, String> variables = Map.of(
                "UPFLUX_JOBS_FOLDER", "/var/jobs",
                "UPFLUX_JOBS_UPLOADLIMIT", "1M",
                "UPFLUX_JOBS_SOMETHING", "else");
        JobsConfig jobs = jobs(ConfigFile.parse("upflux.yml", "", variables));
        assertThat(jobs.folder()).isEqualTo(Path.of("/var/jobs"));
        assertThat(jobs.uploadBytes()).isEqualTo(1 << 20);
        Map<String, String> unknown = Map.of("UPFLUX_JOBS_SOMETHING", "else");
        assertThat(ConfigFile.parse("upflux.yml", "", unknown).jobs()).isNull();
    }

    @Test
    void oneOrManyAreTold() {
        assertThat(parse("").webhooks()).isNull();
        WebhooksConfig many = parse("webhooks: {urls: [https://a/b, 'http://[::1]:80/c?d'], secret: 0123456789abcdef}")
                .webhooks();
        assertThat(many)
                .isEqualTo(new WebhooksConfig(
                        List.of(URI.create("https://a/b"), URI.create("http://[::1]:80/c?d")),
                        new Secret("0123456789abcdef")));
        assertThat(many).asString().doesNotContain("0123456789abcdef", "https");
        Map<String, String> variables = Map.of("UPFLUX_WEBHOOKS_URLS", "https://a/b");
        assertThat(ConfigFile.parse("upflux.yml", "", variables).webhooks())
                .isEqualTo(new WebhooksConfig(List.of(URI.create("https://a/b")), null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            adress: :80                                       | upflux.yml: adress: unknown key; known here: address, segments
            address: nowhere                                  | upflux.yml: address: must be HOST:PORT such as 127.0.0.1:8080, not nowhere
            segments: 2                                       | upflux.yml: segments: must be a whole number from 3 to 100, not 2
            streams: {cam: {}}                                | upflux.yml: streams.cam.source: is missing: a file or URL to read from
            streams: {cam: }                                  | upflux.yml: streams.cam: is empty
            streams: {cam: {source: a, sorce: b}}             | upflux.yml: streams.cam.sorce: unknown key
            streams: {cam: {source: a, segment: 5}}           | upflux.yml: streams.cam.segment: must be a duration such as 300ms, 10s, 5m, 1h or 7d, not 5
            streams: {cam: {source: a, part: 9s}}             | upflux.yml: streams.cam.part: parts of 9000 ms do not fit segments of 2000 ms
            streams: {cam: {source: a, crf: 20, bitrate: 1M}} | upflux.yml: streams.cam.crf: a quality (crf) and a bitrate exclude each other
            streams: {cam: {source: a, device: gpu}}          | upflux.yml: streams.cam.device: device 'gpu' is unknown
            streams: {cam: {source: a, reuse: much}}          | upflux.yml: streams.cam.reuse: 'much' is none of exact, near and off
            streams: {cam: {source: a, halting: soon}}         | upflux.yml: streams.cam.halting: halting 'soon' is neither off nor a threshold above 0
            streams: {cam: {source: a, onDemand: perhaps}}    | upflux.yml: streams.cam.onDemand: must be true or false, not perhaps
            streams: {cam: {source: 'http://a/', listen: true}} | upflux.yml: streams.cam.listen: a peer can be waited for at an rtmp, srt or tcp address
            streams: {cam: {source: a, models: [a]}}           | upflux.yml: streams.cam.models: must be a list of mappings
            streams: {cam: {source: a, models: [{when: {maxRate: x}}]}} | upflux.yml: streams.cam.models[0].when.maxRate: must be a number above 0, not x
            streams: {cam: {source: a, push: 'http://a/b'}}    | upflux.yml: streams.cam.push: must be rtmp, rtmps, srt, udp, tcp or rtsp URLs
            streams: {cam: {source: a, record: {}}}            | upflux.yml: streams.cam.record.folder: is missing
            streams: {cam: {source: a, record: {folder: b, format: avi}}} | upflux.yml: streams.cam.record.format: must be mp4, mkv or ts, not avi
            streams: {all_others: {source: 'a/$name'}}        | upflux.yml: streams.all_others.onDemand: must be true
            streams: {all_others: {source: a, onDemand: true}} | upflux.yml: streams.all_others.source: must say $name
            streams: {all_others: {source: 'rtsp://$name/', onDemand: true}} | upflux.yml: streams.all_others.source: can say $name behind the host only
            streams: {all_others: {source: 'rtsp://h:$name/a', onDemand: true}} | upflux.yml: streams.all_others.source: can say $name behind the host only
            streams: {all_others: {source: 'rtsp://$name@h/a', onDemand: true}} | upflux.yml: streams.all_others.source: can say $name behind the host only
            streams: {all_others: {source: 'rtsp:$name/a', onDemand: true}} | upflux.yml: streams.all_others.source: can say $name behind the host only
            streams: {all_others: {source: 'cache:http://$name/a', onDemand: true}} | upflux.yml: streams.all_others.source: can say $name behind the host only
            streams: {all_others: {source: '$name://h/a', onDemand: true}} | upflux.yml: streams.all_others.source: can say $name behind the host only
            streams: {all_others: {source: publisher, onDemand: true}} | upflux.yml: streams.all_others.onDemand: has no meaning
            streams: {all_others: {source: 'rtmp://0.0.0.0/a', listen: true}} | upflux.yml: streams.all_others.listen: one port takes one stream
            streams: {all_others: {source: publisher, push: 'rtmp://h/a'}} | upflux.yml: streams.all_others.push: must say $name
            streams: {all_others: {source: publisher, push: ['rtmp://h/$name', 'rtmp://$name/a']}} | upflux.yml: streams.all_others.push: can say $name behind the host only
            streams: {all_others: {source: publisher, maxStreams: 0}} | upflux.yml: streams.all_others.maxStreams: must be a whole number from 1 to 10000, not 0
            streams: {all_others: {source: publisher, sorce: a}} | upflux.yml: streams.all_others.sorce: unknown key
            streams: {all_others: }                           | upflux.yml: streams.all_others: is empty
            streams: {cam: {source: a, maxStreams: 3}}        | upflux.yml: streams.cam.maxStreams: unknown key
            streams: {'~^cam': {source: a}}                   | upflux.yml: streams.~^cam: names have no patterns here
            streams: {'../etc': {source: a}}                  | upflux.yml: streams.../etc: a stream's name has up to 64 letters
            streamDefaults: {sauce: a}                        | upflux.yml: streamDefaults.sauce: unknown key
            allowedSources: [media]                           | upflux.yml: allowedSources: media is neither an absolute folder nor like
            allowedSources: {a: b}                            | upflux.yml: allowedSources: must be a text, or a list of texts
            jobs: {}                                          | upflux.yml: jobs.folder: is missing
            jobs: {folder: j, paralel: 2}                     | upflux.yml: jobs.paralel: unknown key
            jobs: {folder: j, memory: 1M}                     | upflux.yml: jobs.memory: must be 64M or more
            jobs: {folder: j, stall: 0s}                      | upflux.yml: jobs.stall: must be more than 0
            jobs: {folder: j, memoryLimit: 512M}              | upflux.yml: jobs.memoryLimit: must be more than memory, which is 512M
            jobs: {folder: j, database: 'jdbc:postgresql:x'}  | upflux.yml: jobs.database: must begin with r2dbc:postgresql:
            webhooks: {secret: 0123456789abcdef}                | upflux.yml: webhooks.urls: is missing: who is told
            webhooks: {urls: 'ftp://a/b'}                       | upflux.yml: webhooks.urls: must be http or https URLs
            webhooks: {urls: ['https://a/b', 'https://u:p@c/']} | upflux.yml: webhooks.urls: must be http or https URLs
            webhooks: {urls: 'https://a:65536/b'}               | upflux.yml: webhooks.urls: must be http or https URLs
            webhooks: {urls: 'https://a:0/b'}                   | upflux.yml: webhooks.urls: must be http or https URLs
            webhooks: {urls: 'https://a/b', secret: short}      | upflux.yml: webhooks.secret: must have 16 characters or more
            webhooks: {urls: 'https://a/b', events: all}        | upflux.yml: webhooks.events: unknown key
            jobs: {folder: j, watch: a}                       | upflux.yml: jobs.watch: must be a list of mappings
            jobs: {folder: j, watch: [{folder: a}]}           | upflux.yml: jobs.watch[0].output: is missing
            jobs: {folder: j, watch: [{folder: a, output: ./a}]} | upflux.yml: jobs.watch[0].output: is the watched folder
            jobs: {folder: j, watch: [{folder: a, output: b, container: exe}]} | upflux.yml: jobs.watch[0].container: is none of
            viewerBuffer: 3X                                  | upflux.yml: viewerBuffer: must be a size such as 500K, 50M or 2G, not 3X
            streams: [a]                                      | upflux.yml: streams: must be a mapping of keys to values
            '{a: 1, a: 2}'                                    | upflux.yml: line 1: Duplicate
            'a: [b'                                           | upflux.yml: line 1:
            just text                                         | upflux.yml: must be a mapping of keys to values
            """)
    void whatIsWrongIsSaidInOneLineThatNamesTheKey(String yaml, String message) {
        assertThatThrownBy(() -> parse(yaml))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith(message)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void aMissingFileIsNamed(@TempDir Path folder) {
        assertThatThrownBy(() -> ConfigFile.read(folder.resolve("upflux.yml"), Map.of()))
                .isInstanceOf(StreamException.class)
                .hasMessageEndingWith("upflux.yml: cannot be read: no such file");
    }

    private static JobsConfig jobs(ServerConfig config) {
        JobsConfig jobs = config.jobs();
        assertThat(jobs).isNotNull();
        return jobs;
    }

    private static ServerConfig parse(String yaml) {
        return ConfigFile.parse("upflux.yml", yaml, Map.of());
    }
}
