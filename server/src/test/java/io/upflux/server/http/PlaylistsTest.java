package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.Fragment;
import io.upflux.codecs.FragmentHeader;
import io.upflux.server.live.FragmentWindow;
import io.upflux.server.live.Fragments;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PlaylistsTest {
    private static final Duration SEGMENT = Duration.ofSeconds(1);
    private static final Duration PART = Duration.ofMillis(200);

    private final FragmentHeader header = Fragments.header();
    private final FragmentWindow window = new FragmentWindow(4, 0);

    @Test
    void partsSegmentsAndTheNextPartAreListed() {
        add(header, 0, 7);

        assertThat(Playlists.media(window.view(), SEGMENT, PART, List.of(), "")).isEqualTo("""
                #EXTM3U
                #EXT-X-VERSION:9
                #EXT-X-TARGETDURATION:1
                #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.6,HOLD-BACK=3
                #EXT-X-PART-INF:PART-TARGET=0.2
                #EXT-X-MEDIA-SEQUENCE:0
                #EXT-X-DISCONTINUITY-SEQUENCE:0
                #EXT-X-INDEPENDENT-SEGMENTS
                #EXT-X-MAP:URI="init-0.mp4"
                #EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:05Z
                #EXT-X-PART:DURATION=0.2,URI="part-0.m4s",INDEPENDENT=YES
                #EXT-X-PART:DURATION=0.2,URI="part-1.m4s"
                #EXT-X-PART:DURATION=0.2,URI="part-2.m4s"
                #EXT-X-PART:DURATION=0.2,URI="part-3.m4s"
                #EXT-X-PART:DURATION=0.2,URI="part-4.m4s"
                #EXTINF:1,
                segment-0.m4s
                #EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:06Z
                #EXT-X-PART:DURATION=0.2,URI="part-5.m4s",INDEPENDENT=YES
                #EXT-X-PART:DURATION=0.2,URI="part-6.m4s"
                #EXT-X-PRELOAD-HINT:TYPE=PART,URI="part-7.m4s"
                """);
    }

    @Test
    void oldSegmentsHaveNoParts() {
        add(header, 0, 32);

        assertThat(Playlists.media(window.view(), SEGMENT, PART, List.of(), ""))
                .contains("#EXT-X-MEDIA-SEQUENCE:2\n")
                .doesNotContain("part-14.m4s")
                .contains("part-15.m4s")
                .contains("segment-3.m4s");
    }

    @Test
    void anotherHeaderIsAnnouncedAndCountedWhenItIsGone() {
        add(header, 0, 10);
        FragmentHeader other = Fragments.header();
        add(other, 10, 22);

        String here = Playlists.media(window.view(), SEGMENT, PART, List.of(), "");
        assertThat(here).contains("#EXT-X-DISCONTINUITY-SEQUENCE:0\n");
        assertThat(here)
                .containsSubsequence(
                        "segment-1.m4s", "#EXT-X-DISCONTINUITY\n", "#EXT-X-MAP:URI=\"init-1.mp4\"", "part-10.m4s");
        assertThat(here.split("EXT-X-MAP", -1)).hasSize(3);

        add(other, 22, 50);
        assertThat(Playlists.media(window.view(), SEGMENT, PART, List.of(), ""))
                .contains("#EXT-X-DISCONTINUITY-SEQUENCE:1\n")
                .doesNotContain("#EXT-X-DISCONTINUITY\n");
    }

    @Test
    void theEndIsSaid() {
        add(header, 0, 7);
        window.close();

        assertThat(Playlists.media(window.view(), SEGMENT, PART, List.of(), ""))
                .endsWith("segment-1.m4s\n#EXT-X-ENDLIST\n")
                .doesNotContain("PRELOAD-HINT");
    }

    /** RFC 8216, section 4.3.3.1: it must not change. */
    @Test
    void targetsStayWhateverComes() {
        add(header, 0, 3);
        String before = targets();
        Fragment part = Fragments.of(header, 3, 10);
        for (int i = 0; i < 20; i++) {
            window.add(part);
        }

        assertThat(targets()).isEqualTo(before).isEqualTo("""
                #EXT-X-TARGETDURATION:2
                #EXT-X-PART-INF:PART-TARGET=0.2
                """);
    }

    private String targets() {
        return Playlists.media(window.view(), Duration.ofMillis(1400), PART, List.of(), "")
                .lines()
                .filter(line -> line.contains("TARGETDURATION") || line.contains("PART-INF"))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    @Test
    void theMainPlaylistDescribesTheStream() {
        add(header, 0, 5);

        assertThat(Playlists.main(List.of(Playlists.Variant.of("media.m3u8", window.view())), ""))
                .isEqualTo("""
                #EXTM3U
                #EXT-X-VERSION:9
                #EXT-X-INDEPENDENT-SEGMENTS
                #EXT-X-STREAM-INF:BANDWIDTH=400,CODECS="avc1.640028,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=25.000
                media.m3u8
                """);
    }

    private void add(FragmentHeader of, int from, int to) {
        for (int i = from; i < to; i++) {
            window.add(Fragments.of(of, i, 10));
        }
    }
}
