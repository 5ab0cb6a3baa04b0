package io.upflux.server.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.codecs.FfmpegPrograms;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaTimes;
import io.upflux.codecs.OutputStreams;
import io.upflux.pipeline.StreamException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outputs as they should be, and spoiled ones. */
class PostCheckTest {
    private static final int FRAMES = 75;

    @TempDir
    private Path folder;

    private final AtomicInteger told = new AtomicInteger();
    private Path source;

    @BeforeEach
    void makeSource() {
        makeSource("0", "25");
    }

    /** @param offset of the pictures, in seconds */
    private void makeSource(String offset, String rate) {
        source = folder.resolve("source.mkv");
        FfmpegPrograms.ffmpeg(
                "-itsoffset",
                offset,
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x48:duration=3:rate=" + rate,
                "-f",
                "lavfi",
                "-i",
                "sine=duration=3",
                "-c:v",
                "mpeg4",
                "-c:a",
                "ac3",
                "-y",
                source.toString());
    }

    @Test
    void aLargerOneIsGood() {
        assertThatCode(() -> check(made("-vf scale=128:96 -c:a copy"))).doesNotThrowAnyException();
        assertThat(told).as("progress").hasValueGreaterThan(FRAMES);
    }

    @Test
    void blackIsFound() {
        refuses("-vf scale=128:96,drawbox=color=black:t=fill -c:a copy", "is black where the source is not");
    }

    @Test
    void flatIsFound() {
        refuses("-vf scale=128:96,drawbox=color=gray:t=fill -c:a copy", "is flat where the source is not");
    }

    @Test
    void otherPicturesAreFound() {
        refuses("-vf scale=128:96,hflip,vflip,negate -c:a copy", "the picture at ");
    }

    @Test
    void missingFramesAreFound() {
        refuses(
                "-vf scale=128:96 -frames:v 60 -c:a copy",
                "60 frames in the file, 75 were encoded",
                "video is 2.400 s");
    }

    @Test
    void aLostPartIsFound() {
        refuses(
                "-vf select=not(between(n\\,30\\,40)),scale=128:96 -fps_mode vfr -c:a copy",
                "64 frames in the file, 75 were encoded",
                "11 frames are missing between 1.160 and 1.640 s");
    }

    @Test
    void anotherColourIsFound() {
        refuses("-vf scale=128:96,lutyuv=u=128:v=128 -c:a copy", "the picture at ");
    }

    @Test
    void soundWithoutPacketsIsFound() {
        refuses("-vf scale=128:96 -c:a copy -bsf:a noise=drop=1", "sound 1 is empty");
    }

    @Test
    void shiftedSoundIsFound() {
        refuses("-vf scale=128:96 -af asetpts=PTS+0.2/TB -c:a aac", "sound 1 is off by -0.1");
    }

    /** AVI shows pictures at whole multiples of a frame's time alone. */
    @Test
    void aContainerMayRoundWhenPicturesBegin() {
        makeSource("0.045", "10");
        Path made = folder.resolve("made.avi");
        FfmpegPrograms.ffmpeg(
                "-copyts", "-i", source.toString(), "-c:v", "ffv1", "-c:a", "copy", "-y", made.toString());
        MediaTimes times = MediaTimes.read(source.toString(), InputOptions.defaults());
        assertThatCode(() -> check(made, times.frames().size())).doesNotThrowAnyException();
    }

    @Test
    void aMissingSoundIsFound() {
        refuses("-vf scale=128:96 -an", "0 audio streams instead of 1");
    }

    private void refuses(String filters, String... said) {
        assertThatThrownBy(() -> check(made(filters)))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("out.mkv: the result is not what it should be: ")
                .hasMessageContainingAll(said);
    }

    private Path made(String options) {
        Path made = folder.resolve("made.mkv");
        List<String> words = new ArrayList<>(List.of("-i", source.toString(), "-c:v", "ffv1"));
        words.addAll(List.of(options.split(" ")));
        words.add(made.toString());
        FfmpegPrograms.ffmpeg(words.toArray(String[]::new));
        return made;
    }

    private void check(Path made) {
        check(made, FRAMES);
    }

    private void check(Path made, int frames) {
        MediaTimes times = MediaTimes.read(source.toString(), InputOptions.defaults());
        new PostCheck(source.toString(), InputOptions.defaults(), times, false, told::incrementAndGet)
                .check(
                        made.toString(),
                        "out.mkv",
                        new Encoded(frames, times.frames().get(0)),
                        new OutputStreams(0, Map.of("video", 1, "audio", 1)));
    }
}
