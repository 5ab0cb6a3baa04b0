package io.upflux.codecs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaNamesTest {
    @ParameterizedTest
    @CsvSource({
        "rtsp://me:secret@cam.example:554/live?token=1, rtsp://cam.example:554/live",
        "rtsp://me:p@ss@cam.example/live, rtsp://cam.example/live",
        "srt://media.example:9000?passphrase=secret, srt://media.example:9000",
        "http://media.example/a@b.m3u8, http://media.example/a@b.m3u8",
        "https://media.example/a:b/@c?x=y@z, https://media.example/a:b/@c",
        "/films/a?b@c.mp4, /films/a?b@c.mp4",
        "a://b@c, a://b@c",
    })
    void secretsAreNotShown(String url, String shown) {
        assertThat(MediaNames.shown(url)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({"a.apng, mkv", "a.gif, mkv", "a.PGM, png", "a.jpg, jpg", "a.avi, mkv"})
    void mediaAreKnownByTheirNames(String name, String writtenAs) {
        assertThat(MediaNames.isMedia(name)).isTrue();
        assertThat(MediaNames.writtenAs(name)).isEqualTo(writtenAs);
    }
}
