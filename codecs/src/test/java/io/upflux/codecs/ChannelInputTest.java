package io.upflux.codecs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelInputTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"in.ts", "in.mkv", "in.webm", "in.flv", "in.mp4"})
    void whatIsSentIsDecoded(String name) throws IOException {
        Path file = clip(name);
        try (NativeScope scope = new NativeScope();
                MediaSource source =
                        MediaSource.read("push", FileChannel.open(file), InputOptions.defaults(), Notices.none())) {
            assertThat(source.frames(scope).doOnNext(VideoFrame::close).count().block())
                    .isEqualTo(25);
        }
    }

    @Test
    void aPlaylistCannotMakeItReadAFile() throws IOException {
        Path secret = clip("secret.ts");
        String playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\nfile:" + secret + "\n#EXT-X-ENDLIST\n";
        assertRefused(playlist.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aListOfFilesCannotEither() throws IOException {
        Path secret = clip("secret.ts");
        assertRefused(("ffconcat version 1.0\nfile '" + secret + "'\n").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void otherContainersAreRefused() throws IOException {
        assertRefused(Files.readAllBytes(clip("in.avi")));
    }

    private static void assertRefused(byte[] bytes) {
        assertThatThrownBy(() -> MediaSource.read(
                        "push",
                        Channels.newChannel(new ByteArrayInputStream(bytes)),
                        InputOptions.defaults(),
                        Notices.none()))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("push: ");
    }

    private Path clip(String name) {
        Path file = folder.resolve(name);
        String[] codec = name.endsWith(".webm") ? new String[] {"-c:v", "libvpx"} : new String[] {"-c:v", "mpeg4"};
        if (name.endsWith(".flv")) {
            codec = new String[] {"-c:v", "flv1"};
        }
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=160x90:rate=25",
                "-t",
                "1",
                codec[0],
                codec[1],
                "-movflags",
                "+frag_keyframe+empty_moov",
                file.toString());
        return file;
    }
}
