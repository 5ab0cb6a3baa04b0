package io.upflux.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.models.Device;
import io.upflux.pipeline.StreamException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            adress: :80                                       | upflux.yml: adress: unknown key; known here: address, segments
            address: nowhere                                  | upflux.yml: address: must be HOST:PORT such as 127.0.0.1:8080, not nowhere
            segments: 2                                       | upflux.yml: segments: must be a whole number from 3 to 100, not 2
            streams: {cam: {}}                                | upflux.yml: streams.cam.source: is missing: a file or URL to read from
            streams: {cam: }                                  | upflux.yml: streams.cam: is empty
            streams: {cam: {source: a, sorce: b}}             | upflux.yml: streams.cam.sorce: unknown key
            streams: {cam: {source: a, segment: 5}}           | upflux.yml: streams.cam.segment: must be a duration such as 300ms, 10s, 5m or 1h, not 5
            streams: {cam: {source: a, part: 9s}}             | upflux.yml: streams.cam.part: parts of 9000 ms do not fit segments of 2000 ms
            streams: {cam: {source: a, crf: 20, bitrate: 1M}} | upflux.yml: streams.cam.crf: a quality (crf) and a bitrate exclude each other
            streams: {cam: {source: a, device: gpu}}          | upflux.yml: streams.cam.device: device 'gpu' is unknown
            streams: {cam: {source: a, reuse: much}}          | upflux.yml: streams.cam.reuse: 'much' is none of exact, near and off
            streams: {cam: {source: a, onDemand: perhaps}}    | upflux.yml: streams.cam.onDemand: must be true or false, not perhaps
            streams: {cam: {source: 'http://a/', listen: true}} | upflux.yml: streams.cam.listen: a peer can be waited for at an rtmp, srt or tcp address
            streams: {cam: {source: a, models: [a]}}           | upflux.yml: streams.cam.models: must be a list of mappings
            streams: {cam: {source: a, models: [{when: {maxRate: x}}]}} | upflux.yml: streams.cam.models[0].when.maxRate: must be a number above 0, not x
            streams: {cam: {source: a, push: 'http://a/b'}}    | upflux.yml: streams.cam.push: must be rtmp, rtmps, srt, udp, tcp or rtsp URLs
            streams: {cam: {source: a, record: {}}}            | upflux.yml: streams.cam.record.folder: is missing
            streams: {cam: {source: a, record: {folder: b, format: avi}}} | upflux.yml: streams.cam.record.format: must be mp4, mkv or ts, not avi
            streams: {'../etc': {source: a}}                  | upflux.yml: streams.../etc: a stream's name has up to 64 letters
            streamDefaults: {sauce: a}                        | upflux.yml: streamDefaults.sauce: unknown key
            allowedSources: [media]                           | upflux.yml: allowedSources: media is neither an absolute folder nor like
            allowedSources: {a: b}                            | upflux.yml: allowedSources: must be a text, or a list of texts
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

    private static ServerConfig parse(String yaml) {
        return ConfigFile.parse("upflux.yml", yaml, Map.of());
    }
}
