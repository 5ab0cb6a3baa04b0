package io.upflux.codecs.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSource;
import io.upflux.codecs.MediaTimes;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredInputTest {
    private static final InputOptions OPTIONS = InputOptions.defaults();

    @TempDir
    private Path folder;

    @AfterEach
    void everythingIsClosed() {
        CountedStorage.badFrom = Long.MAX_VALUE;
        assertThat(CountedStorage.OPEN).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"in.mp4", "in.mkv", "in.ts", "in.avi"})
    void aStoredFileIsReadLikeAFile(String name) {
        Path file = clip(name, 2);
        String url = "counted:" + file;
        assertThat(MediaTimes.read(url, OPTIONS).frames())
                .isEqualTo(MediaTimes.read(file.toString(), OPTIONS).frames());
        assertThat(pts(url, Long.MIN_VALUE, Long.MAX_VALUE))
                .hasSize(20)
                .isEqualTo(pts(file.toString(), Long.MIN_VALUE, Long.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"in.mp4", "in.mkv"})
    void aSegmentReadsNotMuchMoreThanItself(String name) throws IOException {
        Path file = clip(name, 40);
        MediaTimes times = MediaTimes.read(file.toString(), OPTIONS);
        long from = times.keys().get(times.keys().size() / 2);
        long to = times.keys().get(times.keys().size() / 2 + 1);
        CountedStorage.READ.set(0);
        assertThat(pts("counted:" + file, from, to)).isEqualTo(pts(file.toString(), from, to));
        assertThat(CountedStorage.READ.get()).isBetween(1L, Files.size(file) / 2);
    }

    @Test
    void whatIsNotThereIsSaidSo() {
        assertThatThrownBy(() -> pts("counted:" + folder.resolve("none.mp4"), 0, 1))
                .isInstanceOf(StreamException.class)
                .hasMessageEndingWith("none.mp4: no such file in this storage");
    }

    @Test
    void anEmptyFileIsSaidSo() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty.mp4"));
        assertThatThrownBy(() -> pts("counted:" + empty, 0, 1)).hasMessageEndingWith("empty.mp4: the file is empty");
    }

    @Test
    void whyReadingFailedIsSaid() {
        Path file = clip("in.mp4", 2);
        CountedStorage.badFrom = 0;
        assertThatThrownBy(() -> pts("counted:" + file, 0, 1)).hasMessageEndingWith("the storage has lost a block");
    }

    /** It may be a stranger's: nothing in it makes this process open a file. */
    @Test
    void aPlaylistLeadsNowhere() throws IOException {
        Path secret = clip("secret.ts", 1);
        Path playlist = Files.writeString(
                folder.resolve("list.m3u8"),
                "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\nfile:" + secret + "\n#EXT-X-ENDLIST\n");
        assertThatThrownBy(() -> pts("counted:" + playlist, 0, 1)).isInstanceOf(StreamException.class);
    }

    private Path clip(String name, int seconds) {
        Path file = folder.resolve(name);
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=160x128:rate=10:duration=" + seconds,
                "-c:v",
                "mpeg4",
                "-b:v",
                "4M",
                "-g",
                "10",
                file.toString());
        return file;
    }

    private static List<Long> pts(String location, long from, long to) {
        try (NativeScope scope = new NativeScope();
                MediaSource source = MediaSource.openSegment(location, OPTIONS, from, to, Notices.none())) {
            return source.frames(scope)
                    .map(frame -> {
                        try (VideoFrame owned = frame) {
                            return owned.pts();
                        }
                    })
                    .collectList()
                    .blockOptional()
                    .orElseThrow();
        }
    }
}
