package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.PixelLayout.Family;
import io.upflux.frame.Plane;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.StreamException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MediaSourceTest {
    @TempDir
    Path folder;

    private final Collected notices = new Collected();
    private final NativeScope scope = new NativeScope();

    @AfterEach
    void everyFrameWasGivenBack() {
        assertThat(scope.reclaim()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "yuv420p, ffv1, yuv420p",
        "yuv422p, ffv1, yuv422p",
        "yuv444p, ffv1, yuv444p",
        "yuv440p, ffv1, yuv440p",
        "yuv420p10le, ffv1, yuv420p10",
        "yuv422p12le, ffv1, yuv422p12",
        "yuv444p16le, ffv1, yuv444p16",
        "gray, ffv1, gray8",
        "gray10le, ffv1, gray10",
        "gbrp, ffv1, rgb8",
        "gbrp12le, ffv1, rgb12",
        "yuva420p, ffv1, yuv420p+alpha",
        "nv12, rawvideo, yuv420p",
        "rgb24, rawvideo, rgb8",
        "yuyv422, rawvideo, yuv422p",
    })
    void planesAreWhatFfmpegDecodes(String format, String codec, String layout) throws IOException {
        Path clip = folder.resolve("clip.nut");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=46x34:rate=10:duration=0.5",
                "-pix_fmt",
                format,
                "-c:v",
                codec,
                clip.toString());
        Path raw = folder.resolve("clip.raw");
        List<VideoFrame> frames = read(clip, InputOptions.defaults());
        FrameFormat read = frames.get(0).format();
        assertThat(read.layout()).hasToString(layout);
        assertThat(frames).hasSize(5);
        ffmpeg("-i", clip.toString(), "-f", "rawvideo", "-pix_fmt", planarName(read.layout()), raw.toString());
        assertThat(bytes(frames)).isEqualTo(Files.readAllBytes(raw));
        frames.forEach(VideoFrame::close);
    }

    @Test
    void variableFrameRateKeepsEveryTime() {
        Path clip = folder.resolve("vfr.mkv");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=32x32:rate=25:duration=2",
                "-vf",
                "select='not(mod(n,3))+eq(n,7)'",
                "-fps_mode",
                "vfr",
                "-c:v",
                "ffv1",
                clip.toString());
        List<VideoFrame> frames = read(clip, InputOptions.defaults());
        List<Long> times = frames.stream().map(VideoFrame::pts).toList();
        assertThat(times).startsWith(0L, 120L, 240L, 280L, 360L).hasSize(18);
        assertThat(frames.get(0).format().timeBase()).isEqualTo(new Rational(1, 1000));
        frames.forEach(VideoFrame::close);
        assertThat(notices.warnings).isEmpty();
    }

    @Test
    void startAndDurationAreExactToTheFrame() {
        Path clip = folder.resolve("long.mp4");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x64:rate=25:duration=4",
                "-c:v",
                "mpeg4",
                "-g",
                "50",
                "-bf",
                "2",
                clip.toString());
        List<VideoFrame> all = read(clip, InputOptions.defaults());
        List<VideoFrame> part = read(
                clip, InputOptions.defaults().withStart(Duration.ofMillis(2360)).withDuration(Duration.ofMillis(400)));
        assertThat(part).hasSize(10);
        assertThat(part.get(0).pts()).isEqualTo(all.get(59).pts());
        assertThat(bytes(part)).isEqualTo(bytes(all.subList(59, 69)));
        all.forEach(VideoFrame::close);
        part.forEach(VideoFrame::close);
    }

    @Test
    void rangeBehindTheEndIsSaid() {
        Path clip = clip("short.mp4", "-c:v", "mpeg4");
        assertThatThrownBy(() -> read(clip, InputOptions.defaults().withStart(Duration.ofSeconds(60))))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("no decodable video frame in the range asked for");
    }

    @Test
    void interlacedPicturesAreDeinterlacedOneForOne() {
        Path clip = folder.resolve("fields.ts");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x64:rate=50:duration=1",
                "-vf",
                "scroll=horizontal=0.06,separatefields,select='eq(mod(n,4),0)+eq(mod(n,4),3)',weave,setfield=tff",
                "-c:v",
                "mpeg2video",
                "-flags",
                "+ilme+ildct",
                "-b:v",
                "2M",
                clip.toString());
        List<VideoFrame> fields = read(clip, InputOptions.defaults().withDeinterlace(false));
        List<VideoFrame> full = read(clip, InputOptions.defaults());
        assertThat(full).hasSameSizeAs(fields).hasSize(25);
        assertThat(notices.infos).containsExactly(clip + ": interlaced; each pair of fields becomes one whole picture");
        assertThat(full.stream().map(VideoFrame::pts))
                .isEqualTo(fields.stream().map(VideoFrame::pts).toList());
        assertThat(combing(full.get(10))).isLessThan(0.6 * combing(fields.get(10)));
        fields.forEach(VideoFrame::close);
        full.forEach(VideoFrame::close);
    }

    @Test
    void rotationIsAppliedWhenAsked() {
        Path plain = clip("plain.mp4", "-c:v", "mpeg4");
        Path turned = folder.resolve("turned.mp4");
        ffmpeg("-display_rotation", "90", "-i", plain.toString(), "-c", "copy", turned.toString());
        List<VideoFrame> carried = read(turned, InputOptions.defaults());
        List<VideoFrame> applied = read(turned, InputOptions.defaults().withRotatePixels(true));
        assertThat(carried.get(0).format().width()).isEqualTo(48);
        assertThat(applied.get(0).format().width()).isEqualTo(32);
        Plane before = carried.get(0).plane(0);
        Plane after = applied.get(0).plane(0);
        // Counter-clockwise by 90 degrees: what was at the right edge is on top.
        for (int i = 0; i < 32; i++) {
            assertThat(after.data().get(i)).isEqualTo(before.data().get(i * before.stride() + 47));
        }
        assertThat(MediaInfo.probe(turned.toString(), InputOptions.defaults())
                        .streams()
                        .get(0)
                        .video())
                .extracting(MediaInfo.Video::rotation)
                .isEqualTo(90);
        carried.forEach(VideoFrame::close);
        applied.forEach(VideoFrame::close);
    }

    @Test
    void aChangeOfResolutionIsFittedAndSaid() throws IOException {
        Path one = folder.resolve("one.ts");
        Path two = folder.resolve("two.ts");
        ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=0.4", "-c:v", "mpeg2video", one.toString());
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=96x80:rate=25:duration=0.4",
                "-c:v",
                "mpeg2video",
                "-output_ts_offset",
                "0.4",
                two.toString());
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(Files.readAllBytes(one));
        both.writeBytes(Files.readAllBytes(two));
        Path joined = folder.resolve("joined.ts");
        Files.write(joined, both.toByteArray());
        List<VideoFrame> frames = read(joined, InputOptions.defaults());
        // A decoder may lose the picture it holds at such a change: ffprobe says how many there are.
        String listed = FfmpegPrograms.ffprobe(
                "-v", "quiet", "-show_entries", "frame=pts", "-of", "csv=p=0", joined.toString());
        assertThat(frames)
                .hasSize((int) listed.lines().filter(line -> !line.isBlank()).count())
                .hasSizeGreaterThan(15)
                .allMatch(
                        frame -> frame.format().width() == 64 && frame.plane(0).height() == 48);
        assertThat(notices.warnings).anyMatch(line -> line.contains("changes from 64x48") && line.contains("96x80"));
        frames.forEach(VideoFrame::close);
    }

    @Test
    void aTruncatedFileGivesWhatItHasAndSaysSo() throws IOException {
        Path whole = folder.resolve("whole.mkv");
        ffmpeg("-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=4", "-c:v", "mpeg4", whole.toString());
        Path cut = folder.resolve("cut.mkv");
        byte[] bytes = Files.readAllBytes(whole);
        Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
        List<VideoFrame> frames = read(cut, InputOptions.defaults());
        assertThat(frames.size()).isBetween(20, 80);
        assertThat(notices.warnings).anyMatch(line -> line.contains("cut off"));
        frames.forEach(VideoFrame::close);
    }

    @Test
    void damagedPicturesAreCounted() throws IOException {
        Path clip = folder.resolve("damaged.ts");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=160x120:rate=25:duration=2",
                "-c:v",
                "libopenh264",
                "-b:v",
                "1M",
                clip.toString());
        byte[] bytes = Files.readAllBytes(clip);
        for (int i = bytes.length / 3; i < bytes.length / 2; i += 97) {
            bytes[i] ^= 0x55;
        }
        Files.write(clip, bytes);
        List<VideoFrame> frames = read(clip, InputOptions.defaults());
        assertThat(frames).hasSizeGreaterThan(10);
        assertThat(notices.warnings).anyMatch(line -> line.matches(".*: \\d+ damaged packet.*"));
        frames.forEach(VideoFrame::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1x1", "7x5", "2x3"})
    void tinyPicturesAreRead(String size) {
        Path picture = folder.resolve("tiny.png");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x64:duration=0.1",
                "-vf",
                "format=rgb24,crop=" + size.replace('x', ':') + ":0:0",
                "-frames:v",
                "1",
                picture.toString());
        List<VideoFrame> frames = read(picture, InputOptions.defaults());
        assertThat(frames).hasSize(1);
        assertThat(frames.get(0).format().width() + "x" + frames.get(0).format().height())
                .isEqualTo(size);
        assertThat(frames.get(0).format().layout().family()).isEqualTo(Family.RGB);
        frames.forEach(VideoFrame::close);
    }

    @Test
    void colourIsWhatTheStreamStates() {
        Path clip = clip(
                "hdr.mkv",
                "-vf",
                "format=yuv420p10le,setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc:range=tv",
                "-c:v",
                "ffv1");
        try (MediaSource source = MediaSource.open(clip.toString(), InputOptions.defaults(), notices)) {
            ColourSpec colour = source.format().colour();
            assertThat(colour.primaries()).isEqualTo(9);
            assertThat(colour.transfer()).isEqualTo(16);
            assertThat(colour.matrix()).isEqualTo(ColourSpec.MATRIX_BT2020_NCL);
            assertThat(colour.range()).isEqualTo(ColourSpec.Range.LIMITED);
        }
    }

    @Test
    void cancellingMidwayLosesNothing() {
        Path clip = clip("cancel.mkv", "-c:v", "ffv1");
        try (MediaSource source = MediaSource.open(clip.toString(), InputOptions.defaults(), notices)) {
            StepVerifier.create(source.frames(scope).doOnNext(VideoFrame::close), 3)
                    .expectNextCount(3)
                    .thenCancel()
                    .verify();
        }
    }

    @Test
    void badInputsAreOneClearLineEach() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.txt"), "Dear diary,\nnothing moved today.\n".repeat(50));
        Path empty = Files.createFile(folder.resolve("empty.mp4"));
        Path noise = Files.write(folder.resolve("noise.mp4"), new byte[50_000]);
        Path sound = folder.resolve("sound.m4a");
        ffmpeg("-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", sound.toString());
        Path headless = folder.resolve("headless.mp4");
        byte[] whole = Files.readAllBytes(clip("whole.mp4", "-c:v", "mpeg4"));
        Files.write(headless, Arrays.copyOf(whole, whole.length / 3));
        assertRefused(folder.resolve("missing.mp4"), "no such file");
        assertRefused(folder, "is a folder");
        assertRefused(empty, "the file is empty");
        assertRefused(text, "not a media file");
        assertRefused(noise, "not a media file");
        assertRefused(headless, "not a media file, or damaged beyond reading");
        assertRefused(sound, "has sound but no video");
    }

    private void assertRefused(Path file, String why) {
        assertThatThrownBy(() -> MediaSource.open(file.toString(), InputOptions.defaults(), notices)
                        .close())
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(why)
                .hasMessageNotContaining("\n");
    }

    @Test
    void aLocalPlaylistCannotReachTheNetwork() throws IOException {
        try (ServerSocket server = new ServerSocket(0)) {
            Path list = Files.writeString(
                    folder.resolve("list.m3u8"),
                    "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:" + server.getLocalPort()
                            + "/a.ts\n#EXT-X-ENDLIST\n",
                    StandardCharsets.UTF_8);
            server.setSoTimeout(500);
            assertThatThrownBy(() -> MediaSource.open(list.toString(), InputOptions.defaults(), notices)
                            .close())
                    .isInstanceOf(StreamException.class);
            assertThatThrownBy(server::accept).isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    @Test
    void aServerThatNeverAnswersMeetsItsDeadline() throws IOException {
        try (ServerSocket server = new ServerSocket(0)) {
            String url = "http://127.0.0.1:" + server.getLocalPort() + "/live.ts";
            long start = System.nanoTime();
            assertThatThrownBy(() -> MediaSource.open(
                                    url,
                                    InputOptions.defaults()
                                            .withDeadlines(Duration.ofMillis(700), Duration.ofMillis(700)),
                                    notices)
                            .close())
                    .isInstanceOf(StreamException.class)
                    .hasMessageContaining("no answer within the deadline");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void interruptEndsAStalledRead() throws Exception {
        Path clip = clip("served.ts", "-c:v", "mpeg2video");
        byte[] bytes = Files.readAllBytes(clip);
        try (ServerSocket server = new ServerSocket(0)) {
            CompletableFuture<Void> served = CompletableFuture.runAsync(
                    () -> {
                        try (var socket = server.accept()) {
                            socket.getOutputStream()
                                    .write("HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\n\r\n"
                                            .getBytes(StandardCharsets.US_ASCII));
                            socket.getOutputStream().write(bytes);
                            socket.getOutputStream().flush();
                            Thread.sleep(60_000);
                        } catch (IOException | InterruptedException e) {
                            // The client has gone.
                        }
                    },
                    Schedulers.boundedElastic()::schedule);
            String url = "http://127.0.0.1:" + server.getLocalPort() + "/live.ts";
            MediaSource source = MediaSource.open(
                    url,
                    InputOptions.defaults()
                            .withDeadlines(Duration.ofSeconds(30), Duration.ofSeconds(60))
                            .withDemuxerOptions(java.util.Map.of("analyzeduration", "100000", "probesize", "5000")),
                    notices);
            CompletableFuture<Throwable> failure = new CompletableFuture<>();
            Thread reading = new Thread(() -> source.frames(scope)
                    .doOnNext(VideoFrame::close)
                    .subscribe(frame -> {}, failure::complete, () -> failure.complete(new AssertionError("ended"))));
            reading.start();
            Thread.sleep(500);
            source.interrupt();
            assertThat(failure.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(StreamException.class)
                    .hasMessageContaining("stopped");
            reading.join();
            source.close();
            served.cancel(true);
        }
    }

    private Path clip(String name, String... arguments) {
        Path clip = folder.resolve(name);
        List<String> command = new ArrayList<>(List.of("-f", "lavfi", "-i", "testsrc2=size=48x32:rate=25:duration=1"));
        command.addAll(List.of(arguments));
        command.add(clip.toString());
        ffmpeg(command.toArray(new String[0]));
        return clip;
    }

    private List<VideoFrame> read(Path clip, InputOptions options) {
        try (MediaSource source = MediaSource.open(clip.toString(), options, notices)) {
            List<VideoFrame> frames = source.frames(scope).collectList().block();
            return frames == null ? List.of() : frames;
        }
    }

    /** Samples of all frames in FFmpeg's raw order. */
    private static byte[] bytes(List<VideoFrame> frames) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (VideoFrame frame : frames) {
            boolean rgb = frame.format().layout().family() == Family.RGB;
            int[] order = rgb ? new int[] {1, 2, 0} : new int[] {0, 1, 2, 3};
            for (int i = 0; i < frame.planes().size(); i++) {
                Plane plane = frame.plane(order[i]);
                byte[] row = new byte[plane.width() * frame.format().layout().bytesPerSample()];
                for (int y = 0; y < plane.height(); y++) {
                    plane.data().get(y * plane.stride(), row);
                    all.writeBytes(row);
                }
            }
        }
        return all.toByteArray();
    }

    private static String planarName(PixelLayout layout) {
        String suffix = layout.depth() == 8 ? "" : layout.depth() + "le";
        return switch (layout.family()) {
            case GRAY -> "gray" + suffix;
            case RGB -> "gbrp" + suffix;
            case YUV ->
                layout.withAlpha(false).withDepth(8).toString().replace("yuv", layout.alpha() ? "yuva" : "yuv")
                        + suffix;
        };
    }

    /** How much neighbouring lines differ against lines two apart: high where fields are woven. */
    private static double combing(VideoFrame frame) {
        Plane plane = frame.plane(0);
        double near = 0;
        for (int y = 0; y + 1 < plane.height(); y++) {
            for (int x = 0; x < plane.width(); x++) {
                near += Math.abs((plane.data().get(y * plane.stride() + x) & 0xff)
                        - (plane.data().get((y + 1) * plane.stride() + x) & 0xff));
            }
        }
        return near;
    }
}
