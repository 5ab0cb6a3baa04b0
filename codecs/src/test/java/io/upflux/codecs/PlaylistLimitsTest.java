package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists that lead to lists, to themselves, or to too much. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PlaylistLimitsTest {
    private static final String TOO_MANY =
            ": leads to more than 1000 playlists or representations, and no more are followed";

    private static final String MALFORMED =
            ": leads to a manifest that is no well-formed XML from line 2 on, and such are not read";

    @TempDir
    Path folder;

    private final Collected notices = new Collected();
    private final AtomicInteger requests = new AtomicInteger();
    private final Set<InetSocketAddress> connections = ConcurrentHashMap.newKeySet();
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x64:rate=25:duration=2",
                "-c:v",
                "mpeg2video",
                folder.resolve("clip.ts").toString());
        write("media.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nclip.ts\n#EXT-X-ENDLIST\n");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMasterOfSomeVariantsIsRead(boolean http) throws IOException {
        write("master.m3u8", master("media.m3u8", "media.m3u8"));
        assertThat(Pictures.read(location("master.m3u8", http), InputOptions.defaults(), notices))
                .hasSize(50);
        assertThat(notices.warnings).isEmpty();
    }

    @Test
    void aListThatGrowsIsReadOverConnectionsThatStay() {
        ffmpeg(
                "-i",
                folder.resolve("clip.ts").toString(),
                "-c",
                "copy",
                "-f",
                "segment",
                "-segment_time",
                "0.4",
                folder.resolve("live%d.ts").toString());
        assertThat(folder.resolve("live3.ts")).exists();
        assertThat(folder.resolve("live4.ts")).exists();
        AtomicInteger lists = new AtomicInteger();
        server.createContext("/live.m3u8", exchange -> {
            int last = lists.incrementAndGet();
            StringBuilder text = new StringBuilder("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n");
            for (int i = 0; i <= Math.min(last, 4); i++) {
                text.append("#EXTINF:0.4,\nlive").append(i).append(".ts\n");
            }
            send(
                    exchange,
                    (last < 4 ? text : text.append("#EXT-X-ENDLIST\n"))
                            .toString()
                            .getBytes(StandardCharsets.UTF_8));
        });
        assertThat(Pictures.read(location("live.m3u8", true), InputOptions.defaults(), notices))
                .hasSizeGreaterThanOrEqualTo(45);
        assertThat(lists).hasValueGreaterThanOrEqualTo(4);
        assertThat(connections).hasSizeLessThan(requests.get());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMasterThatNamesItselfIsRefused(boolean http) throws IOException {
        write("self.m3u8", master("media.m3u8", "self.m3u8", "self.m3u8"));
        refused("self.m3u8", http, TOO_MANY);
        assertThat(requests).hasValueLessThan(1000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void mastersThatNameEachOtherAreRefused(boolean http) throws IOException {
        write("a.m3u8", master("b.m3u8", "b.m3u8", "b.m3u8"));
        String sound = "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"a\",URI=\"a.m3u8\"\n";
        write("b.m3u8", "#EXTM3U\n" + sound.repeat(20));
        refused("a.m3u8", http, TOO_MANY);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMasterOfTooManyVariantsIsRefusedUnread(boolean http) throws IOException {
        write("wide.m3u8", "#EXTM3U\n" + "#EXT-X-STREAM-INF:\na\n".repeat(300_000));
        refused("wide.m3u8", http, TOO_MANY);
        assertThat(requests).hasValueLessThan(2);
    }

    @Test
    void longEventsOfSomeVariantsAreRead() throws IOException {
        String times = ("#EXT-X-DATERANGE:ID=\"" + "x".repeat(100) + "\"\n").repeat(60_000);
        write("event.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n" + times + "#EXTINF:2,\nclip.ts\n#EXT-X-ENDLIST\n");
        write("master.m3u8", master("event.m3u8", "event.m3u8", "event.m3u8"));
        assertThat(Pictures.read(location("master.m3u8", false), InputOptions.defaults(), notices))
                .hasSize(50);
    }

    @Test
    void listsThatAreTooLongAreRefused() throws IOException {
        write("long.m3u8", "#EXTM3U\n" + "#EXTINF:1,\nclip.ts\n".repeat(3_600_000));
        refused("long.m3u8", false, ": leads to a playlist of more than 64 MiB, and no more is read");
        write("master.m3u8", master("media.m3u8") + "#padding\n".repeat(1_900_000));
        refused("master.m3u8", false, ": leads to playlists of more than 16 MiB, and no more is read");
    }

    @ParameterizedTest
    @CsvSource({
        "'', ''",
        "MPD, mpd",
        "Representation, rePresentation",
        "Period, x:PERIOD",
        "Representation, x:Representation",
        "<MPD, <!--COMMENT--><MPD",
        "<MPD, BLANKS<MPD",
        "MPD, x:MPD",
        "<AdaptationSet, <!--<Period>--><AdaptationSet",
        "<AdaptationSet, <a><Period></Period></a><AdaptationSet",
        "<AdaptationSet, <a b='>'/><AdaptationSet",
    })
    void aManifestOfTooManyRepresentationsIsRefused(String what, String variant) throws IOException {
        String filled = variant.replace("COMMENT", "<MPD" + "-x".repeat(1500)).replace("BLANKS", " ".repeat(3000));
        write("wide.mpd", manifest(period(550, 2)).replace(what, filled));
        refused("wide.mpd", false, TOO_MANY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<!-- \u00FC -->",
                "<?xml version='1.0' encoding='us-ascii'?>"
            })
    void ofPeriodsTheLargestCounts(String head) throws IOException {
        write("periods.mpd", head + manifest(period(1, 1).repeat(1500)));
        assertThat(Pictures.read(location("periods.mpd", false), InputOptions.defaults(), notices))
                .isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "<!DOCTYPE MPD [<!ENTITY a \"<!--\">]> | with a document type",
                "<!DOCTYPE MPD> | with a document type",
                "<?xml version=\"1.0\" encoding=\"UTF-7\"?> | in another encoding than UTF-8",
                "<?xml version=\"1.1\"?> | in another version of XML than 1.0",
            })
    void aManifestThatMayHideTagsIsRefused(String head, String what) throws IOException {
        write("hidden.mpd", head + manifest(period(1, 1)));
        refused("hidden.mpd", false, ": leads to a manifest " + what + " (line 1), and such are not read");
    }

    /** libxml2 would say something of each, for minutes. */
    @ParameterizedTest
    @ValueSource(strings = {"<a ", "<", "<a b=\"", "<b c=\"1\"", "<!--", "&a;", "&#1;", "<?a ", "<![CDATA[", "</a "})
    void aManifestWithErrorsByTheMillionIsRefused(String wrong) throws IOException {
        write("wrong.mpd", manifest("\n" + wrong.repeat(1_000_000) + period(1, 1)));
        refused("wrong.mpd", false, MALFORMED);
    }

    @Test
    void aManifestThatIsNoUtf8IsRefused() throws IOException {
        Files.write(
                folder.resolve("bytes.mpd"), manifest("\n\u00ff" + period(1, 1)).getBytes(ISO_8859_1));
        refused("bytes.mpd", false, MALFORMED.replace("2", "1"));
    }

    /** Of which it may say something, though they are well-formed. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<y:a/>",
                "<a y:b=''/>",
                "<a xmlns='b'/>",
                "<a xmlns:b='a b'/>",
                "<a xml:space='x'/>",
                "<?xmla?>",
                "<:a/>"
            })
    void aManifestOfTooManyPrefixesIsRefused(String prefixed) throws IOException {
        String why =
                ": leads to a manifest with more than 100000 prefixes and instructions (line 2), and such are not read";
        write("prefixes.mpd", manifest(prefixed.repeat(99_000) + "\n" + prefixed.repeat(1_001) + period(1, 1)));
        refused("prefixes.mpd", false, why);
        write("prefixes.mpd", manifest(prefixed.repeat(10) + period(1, 1)));
        assertThat(Pictures.read(location("prefixes.mpd", false), InputOptions.defaults(), notices))
                .isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "xmlns:"})
    void aManifestOfManyAttributesIsRefused(String prefix) throws IOException {
        StringBuilder attributes = new StringBuilder();
        for (int i = 0; i < 200_000; i++) {
            attributes.append(' ').append(prefix).append('a').append(i).append("='urn:a'");
        }
        write("attributes.mpd", manifest("\n<a" + attributes + "/>" + period(1, 1)));
        refused("attributes.mpd", false, MALFORMED);
    }

    @Test
    void aDeepManifestIsRefused() throws IOException {
        write("deep.mpd", manifest("<a>".repeat(256) + "</a>".repeat(256) + period(1, 1)));
        refused("deep.mpd", false, ": leads to a manifest of more than 256 levels (line 1), and such are not read");
    }

    @Test
    void playlistsAndAssetMapsOfImfAreHeldToTheSame() throws IOException {
        String wrong = "\n" + "<a ".repeat(1_000_000);
        String title = "<ContentTitle>title</ContentTitle>";
        write("cpl.xml", "<CompositionPlaylist>" + title + wrong);
        refused("cpl.xml", false, MALFORMED);
        write(
                "cpl.xml",
                "<CompositionPlaylist><Id>urn:uuid:00000000-0000-0000-0000-000000000000</Id>" + title
                        + "<EditRate>25 1</EditRate><SegmentList/></CompositionPlaylist>");
        for (String map : new String[] {wrong, "<AssetMap>" + wrong}) {
            write("ASSETMAP.xml", map);
            refused("cpl.xml", false, MALFORMED);
        }
    }

    /** FFmpeg reads it by recursion, and what overflows the stack ends the process. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aManifestThatNamesItselfIsRefused(boolean http) throws IOException {
        String self = location("self.mp4", http);
        write("self.mp4", manifest(period(1, 1)).replace("clip.ts", self));
        assertThatThrownBy(() -> Pictures.read(self, InputOptions.defaults(), notices))
                .isInstanceOf(StreamException.class)
                .hasMessage(self + ": leads to lists within lists without end");
        // The stack is as it was.
        write("periods.mpd", manifest(period(1, 1)));
        assertThat(Pictures.read(location("periods.mpd", false), InputOptions.defaults(), notices))
                .isNotEmpty();
    }

    private static String manifest(String periods) {
        return "<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" xmlns:x=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\""
                + " mediaPresentationDuration=\"PT2S\" profiles=\"urn:mpeg:dash:profile:isoff-on-demand:2011\">"
                + periods + "</MPD>";
    }

    private static String period(int representations, int sets) {
        String set = "<AdaptationSet mimeType=\"video/mp2t\">"
                + "<Representation id=\"1\" bandwidth=\"1\"><BaseURL>clip.ts</BaseURL></Representation>"
                        .repeat(representations)
                + "</AdaptationSet>";
        return "<Period duration=\"PT2S\">" + set.repeat(sets) + "</Period>";
    }

    @Test
    void filesInARowAreReadAndListsAmongThemAreNot() throws IOException {
        write("row.ffconcat", "ffconcat version 1.0\nfile clip.ts\nfile 'clip.ts'\n");
        assertThat(Pictures.read(folder.resolve("row.ffconcat"), InputOptions.defaults(), notices))
                .hasSize(100);
    }

    @ParameterizedTest
    @CsvSource({
        "file self.ffconcat, self.ffconcat",
        "file  's'elf\\.ffconcat, self.ffconcat",
        "file ./self.ffconcat, ./self.ffconcat",
        "file media.m3u8, media.m3u8",
        "file manifest.mpd, manifest.mpd",
    })
    void aRowOfListsIsRefused(String line, String named) throws IOException {
        write("manifest.mpd", " \n<!--" + "-".repeat(5000) + "--><mpd>" + period(1, 1) + "</mpd>");
        write("self.ffconcat", "ffconcat version 1.0\nfile clip.ts\r\n \t" + line + "\n");
        refused("self.ffconcat", false, ": names a list, " + named + ", and lists in lists are not read");
    }

    @Test
    void aRowIsReadFromFilesOnly() throws IOException {
        write("self.ffconcat", "ffconcat version 1.0\nfile self.ffconcat\n");
        refused("self.ffconcat", true, ": not a media file, or damaged beyond reading");
        assertThat(requests).hasValue(1);
    }

    private void refused(String name, boolean http, String why) {
        String location = location(name, http);
        assertThatThrownBy(() -> Pictures.read(location, InputOptions.defaults(), notices))
                .isInstanceOf(StreamException.class)
                .hasMessage(location + why);
    }

    private String location(String name, boolean http) {
        return http
                ? "http://127.0.0.1:" + server.getAddress().getPort() + "/" + name
                : folder.resolve(name).toString();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private static String master(String... lists) {
        StringBuilder text = new StringBuilder("#EXTM3U\n");
        for (String list : lists) {
            text.append("#EXT-X-STREAM-INF:BANDWIDTH=1\n").append(list).append('\n');
        }
        return text.toString();
    }

    private void answer(HttpExchange exchange) throws IOException {
        Path file = folder.resolve(exchange.getRequestURI().getPath().substring(1));
        byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        send(exchange, bytes);
    }

    /** @param bytes none for what is not there */
    private void send(HttpExchange exchange, byte[] bytes) throws IOException {
        requests.incrementAndGet();
        connections.add(exchange.getRemoteAddress());
        exchange.sendResponseHeaders(bytes.length > 0 ? 200 : 404, bytes.length > 0 ? bytes.length : -1);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(bytes);
        }
    }
}
