package io.upflux.server.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a wish for a source is refused for before anything is opened. */
class SourceGuardTest {
    private static final List<String> RULES = List.of(
            "https://*.example.org",
            "http://media.example.org:80-89",
            "http://*:8080",
            "http://192.168.7.0/24:8000",
            "rtsp://10.0.0.0/8",
            "rtmp://live.example.org",
            "srt://srt.example.org:9000-9010");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Hosts, ports and schemes that no rule names.
                "https://example.org/a.m3u8",
                "https://example.org.evil.test/",
                "https://evilexample.org/",
                "https://a.example.org:8443/",
                "http://a.example.org/",
                "http://media.example.org:90/",
                "rtsp://media.example.org:80/",
                "rtsp://11.0.0.1/",
                "https://a.example.org:0/",
                "https://a.example.org:65536/",
                "https://a.example.org:-1/",
                "srt://srt.example.org/",
                // This machine and its neighbours, however they are written.
                "http://127.0.0.1:8080/",
                "http://localhost.:8080/",
                "http://127.1:8080/",
                "http://2130706433:8080/",
                "http://017700000001:8080/",
                "http://0x7f000001:8080/",
                "http://0x7f.0.0.1:8080/",
                "http://0177.0.0.1:8080/",
                "http://127.0.0.01:8080/",
                "http://127.0.0.1.:8080/",
                "http://0:8080/",
                "http://0.0.0.0:8080/",
                "http://[::]:8080/",
                "http://[::1]:8080/",
                "http://[0:0:0:0:0:0:0:1]:8080/",
                "http://[::ffff:127.0.0.1]:8080/",
                "http://[::ffff:7f00:1]:8080/",
                "http://[::127.0.0.1]:8080/",
                "http://[64:ff9b::7f00:1]:8080/",
                "http://[2002:7f00:1::]:8080/",
                "http://[2001:0:7f00:1::]:8080/",
                "http://[fe80::1]:8080/",
                "http://[fe80::1%25lo]:8080/",
                "http://[fe80::1%lo]:8080/",
                "http://[fc00::1]:8080/",
                "http://[ff02::1]:8080/",
                "http://[::1]evil:8080/",
                "http://10.0.0.1:8080/",
                "http://172.16.0.1:8080/",
                "http://192.168.7.1:8080/",
                "http://192.168.8.1:8000/",
                "http://100.64.0.1:8080/",
                "http://169.254.169.254:8080/latest/meta-data/",
                "http://[fd00:ec2::254]:8080/latest/meta-data/",
                "http://224.0.0.1:8080/",
                "http://255.255.255.255:8080/",
                "http://198.18.0.1:8080/",
                // One host for us, another for whoever reads it differently.
                "https://a.example.org@127.0.0.1/",
                "https://a.example.org:443@127.0.0.1/",
                "https://127.0.0.1#@a.example.org/",
                "https://127.0.0.1\\@a.example.org/",
                "https://a.example.org\\.evil.test/",
                "https://127.0.0.1%23@a.example.org@b/",
                "https://127.0.0.1%2f.example.org/",
                "https://127.0.0.1%00.example.org/",
                "https://a.example.org./",
                "https://.example.org/",
                "https://a..example.org/",
                "https://a.exa\u00admple.org/",
                "https://ａ.example.org/",
                "https://a。example.org/",
                "https:///a.example.org/",
                "https:a.example.org/",
                "https:/a.example.org/",
                "https://a.example.org /",
                " https://a.example.org/",
                "https://a.example.org/\r\nHost: evil",
                "https://a.example.org/%0d%0aHost:%20evil",
                "https://a.example.org/%00.ts",
                "https://a.example.org/\u0000",
                "https://a.example.org/#fragment",
                "HTTPS://127.0.0.1/",
                // Protocols that wrap, join, read or listen.
                "file:///etc/passwd",
                "FILE:/etc/passwd",
                "file:etc/passwd",
                "file,,:/etc/passwd",
                "concat:https://a.example.org/a|file:///etc/passwd",
                "concatf:/etc/passwd",
                "subfile,,start,0,end,0,,:/etc/passwd",
                "data:video/mp2t;base64,AAAA",
                "crypto:https://a.example.org/",
                "crypto+https://a.example.org/",
                "crypto+file:/etc/passwd",
                "async:https://a.example.org/",
                "cache:https://a.example.org/",
                "hls+https://a.example.org/a.m3u8",
                "httpproxy://a.example.org:443/b:80",
                "ffrtmphttp://a.example.org/",
                "tls://a.example.org:443",
                "tcp://a.example.org:443",
                "udp://239.0.0.1:5000",
                "rtp://239.0.0.1:5000",
                "unix:/run/x.sock",
                "pipe:0",
                "fd:0",
                "-",
                "gopher://a.example.org/",
                "ftp://a.example.org/",
                "ipfs://a",
                "mmsh://a.example.org/",
                "lavfi:testsrc",
                "rtsps://10.0.0.1/",
                "srt://srt.example.org:9000?mode=listener",
                "srt://srt.example.org:9000?streamid=x&mode=rendezvous",
                "srt://srt.example.org:9000?localaddr=127.0.0.1",
                "srt://srt.example.org:9000/x?mode=caller",
                // Files where no folder is allowed.
                "/etc/passwd",
                "etc/passwd",
                "\\\\server\\share\\a.ts",
                "//server/share/a.ts",
                "C:\\a.ts",
                "",
                ":",
                "://",
            })
    void tricksAreRefused(String source) {
        try (SourceGuard guard = new SourceGuard(AllowedSources.of(RULES), host -> {
            throw new AssertionError("nothing is looked up: " + host);
        })) {
            assertThatThrownBy(() -> guard.open(source, Map.of()))
                    .isInstanceOf(SourceRefused.class)
                    .message()
                    .hasLineCount(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://a.example.org/live/a.m3u8?x=1&y=%20",
                "https://a.b.example.org:443/",
                "HTTPS://A.Example.Org/",
                "https://user:pass@a.example.org/",
                "http://media.example.org:85/",
                "http://8.8.8.8:8080/",
                "http://[2606:4700::1111]:8080/",
                "http://192.168.7.20:8000/a.ts",
                "rtsp://camera:secret@10.9.8.7/1",
                "rtsp://camera.lan/1",
                "rtmp://live.example.org/app/key",
                "srt://srt.example.org:9005?streamid=read:cam&mode=caller&passphrase=0123456789",
            })
    void whatTheRulesAllowIsTaken(String source) {
        AllowedSources allowed = AllowedSources.of(RULES);
        assertThatCode(() -> allowed.check(source)).doesNotThrowAnyException();
    }

    @Test
    void nothingIsAllowedByDefault() {
        assertThatThrownBy(() -> AllowedSources.NONE.check("https://a.example.org/"))
                .hasMessage("https://a.example.org:443 is not among the allowedSources of the configuration");
        assertThatThrownBy(() -> AllowedSources.NONE.check(folder.toString())).isInstanceOf(SourceRefused.class);
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080/, 127.0.0.1",
        "http://localhost:8080/, ::1",
        "https://a.example.org/, 127.0.0.1",
        "https://a.example.org/, ::1",
        "https://a.example.org/, ::ffff:10.0.0.1",
        "https://a.example.org/, 169.254.169.254",
        "https://a.example.org/, fd00:ec2::254",
        "https://a.example.org/, 64:ff9b::a00:1",
        "https://a.example.org/, 0.0.0.0",
        "rtmp://live.example.org/a/b, 192.168.0.1",
        "srt://srt.example.org:9000, 172.31.255.255",
        "rtsp://camera.lan/1, 11.0.0.1",
        "rtsp://camera.lan/1, 127.0.0.1",
    })
    void namesThatLeadHomeAreRefused(String source, String address) {
        Resolver home = host -> List.of(InetAddress.getByName(address));
        try (SourceGuard guard = new SourceGuard(AllowedSources.of(RULES), home)) {
            assertThatThrownBy(() -> guard.open(source, Map.of()))
                    .isInstanceOf(StreamException.class)
                    .hasMessageContaining("no address that the allowedSources")
                    .hasMessageNotContaining(address);
        }
    }

    /** A name that is asked once cannot change its mind: FFmpeg is given the address. */
    @Test
    void addressesAreFixedWhenTheyAreChecked() throws IOException {
        Deque<InetAddress> answers =
                new ArrayDeque<>(List.of(InetAddress.getByName("93.184.216.34"), InetAddress.getByName("127.0.0.1")));
        try (SourceGuard guard = new SourceGuard(AllowedSources.of(RULES), host -> List.of(answers.remove()))) {
            try (GuardedSource source = guard.open("rtmp://live.example.org/app/key", Map.of())) {
                assertThat(source.url()).isEqualTo("rtmp://93.184.216.34:1935/app/key");
                assertThat(source.demuxerOptions())
                        .containsEntry("rtmp_tcurl", "rtmp://live.example.org:1935/app")
                        .containsEntry("protocol_whitelist", "rtmp,tcp");
            }
            assertThat(answers).hasSize(1);
        }
    }

    @Test
    void onlyPermittedOnesOfSeveralAddressesAreUsed() {
        Resolver mixed = host -> List.of(InetAddress.getByName("127.0.0.1"), InetAddress.getByName("93.184.216.34"));
        try (SourceGuard guard = new SourceGuard(AllowedSources.of(RULES), mixed);
                GuardedSource source = guard.open("srt://srt.example.org:9000", Map.of())) {
            assertThat(source.url()).isEqualTo("srt://93.184.216.34:9000");
        }
    }

    @Test
    void filesOfAllowedFoldersAreTaken() throws IOException {
        Path media = Files.createDirectory(folder.resolve("media"));
        Path clip = Files.writeString(media.resolve("a clip.ts"), "x");
        try (SourceGuard guard = new SourceGuard(AllowedSources.of(List.of(media.toString())));
                GuardedSource source = guard.open(clip.toString(), Map.of())) {
            assertThat(source.url()).isEqualTo(clip.toRealPath().toString());
            assertThat(source.demuxerOptions()).containsEntry("protocol_whitelist", "file");
        }
    }

    @Test
    void pathsThatLeadOutOfTheFoldersAreRefused() throws IOException {
        Path media = Files.createDirectory(folder.resolve("media"));
        Files.createDirectory(folder.resolve("media-private"));
        Path secret = Files.writeString(folder.resolve("media-private").resolve("secret.ts"), "x");
        Files.createSymbolicLink(media.resolve("link.ts"), secret);
        Files.createSymbolicLink(media.resolve("out"), secret.getParent());
        Files.writeString(media.resolve("a.ts"), "x");
        try (SourceGuard guard = new SourceGuard(AllowedSources.of(List.of(media.toString())))) {
            for (String path : List.of(
                    secret.toString(),
                    media + "/../media-private/secret.ts",
                    media + "/./a.ts",
                    media + "/link.ts",
                    media + "/out/secret.ts",
                    media + "/none.ts",
                    media.toString(),
                    media + "/a.ts\u0000.jpg",
                    media + "/a.ts\n",
                    media + "/%2e%2e/media-private/secret.ts",
                    "file:" + media + "/a.ts",
                    "a.ts",
                    "/proc/self/environ",
                    "/dev/zero")) {
                assertThatThrownBy(() -> guard.open(path, Map.of())).as(path).isInstanceOf(StreamException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http_proxy",
                "protocol_whitelist",
                "format_whitelist",
                "protocol_blacklist",
                "listen",
                "rtsp_flags",
                "rtsp_transport",
                "rtmp_tcurl",
                "ca_file",
                "key_file",
                "safe",
                "enable_drefs",
                "allowed_extensions",
                "mode",
                "localaddr"
            })
    void optionsThatLeadElsewhereAreRefused(String option) {
        assertThatThrownBy(() -> AllowedSources.checkOption(option))
                .isInstanceOf(SourceRefused.class)
                .hasMessage("source option " + option + ": only the configuration can set it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "media",
                "https://",
                "https://a.example.org/path",
                "ftp://a.example.org",
                "https://*.*.org",
                "https://a*.example.org",
                "https://a.example.org:0",
                "https://a.example.org:90-80",
                "https://a.example.org:70000",
                "http://10.0.0.0/33",
                "http://0.0.0.0/0",
                "http://[::]/0",
                "srt://a.example.org",
                "http://*/8"
            })
    void rulesThatMeanNothingAreRefused(String rule) {
        assertThatThrownBy(() -> AllowedSources.of(List.of(rule)))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith(rule + " is ");
    }
}
