package io.upflux.server.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.LiveInput;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** Decoding processes, and what becomes of them. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class DecodersTest {
    private static final long ENOUGH = 2L << 30;
    private static final Duration PATIENT = Duration.ofSeconds(60);
    private static final InputOptions OPTIONS = InputOptions.defaults();

    @TempDir
    Path folder;

    private final Set<ProcessHandle> before = children();
    private Path clip;

    @BeforeEach
    void draw() {
        clip = folder.resolve("clip.ts");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=320x180:rate=25",
                "-t",
                "4",
                "-c:v",
                "libopenh264",
                clip.toString());
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        assertThat(started()).as("processes").isEmpty();
        try (var files = Files.list(folder)) {
            assertThat(files).as("files").containsExactly(clip);
        }
    }

    @Test
    void aFileAndBytesThatAreSentGiveAllPictures() throws IOException {
        try (Decoders decoders = new Decoders("cam", ENOUGH)) {
            try (LiveInput source = decoders.open(clip.toString(), OPTIONS, Mono.never(), Notices.none())) {
                assertThat(count(source)).isEqualTo(100);
            }
            decoders.prepare();
            assertThat(started()).as("one is ready for the next source").hasSize(1);
            try (LiveInput source = decoders.read(bytes(), OPTIONS, Mono.never(), Notices.none())) {
                assertThat(started()).as("the one that was ready").hasSize(1);
                assertThat(count(source)).isEqualTo(100);
            }
            decoders.prepare();
        }
    }

    @Test
    void whatCannotBeReadIsSaidInTheSameWords() {
        try (Decoders decoders = new Decoders("cam", ENOUGH)) {
            assertThatThrownBy(() -> decoders.open(folder + "/none.mp4", OPTIONS, Mono.never(), Notices.none()))
                    .isInstanceOf(StreamException.class)
                    .hasMessage(folder + "/none.mp4: no such file");
            ReadableByteChannel text = Channels.newChannel(InputStream.nullInputStream());
            assertThatThrownBy(() -> decoders.read(text, OPTIONS, Mono.never(), Notices.none()))
                    .isInstanceOf(StreamException.class)
                    .hasMessageStartingWith("cam: ");
            assertThat(text.isOpen()).isFalse();
            InputOptions limited = OPTIONS.withLimits(OPTIONS.limits().withPixels(1000));
            assertThatThrownBy(() -> decoders.open(clip.toString(), limited, Mono.never(), Notices.none()))
                    .hasMessageEndingWith("has pictures of 320x180, of which at most 1000 pixels are taken"
                            + " (--max-pixels, limits.pixels)");
        }
    }

    @Test
    void oneThatTakesMoreMemoryThanItMayIsEnded() {
        try (Decoders decoders = new Decoders("cam", 1 << 20)) {
            assertThatThrownBy(() -> read(decoders.open(clip.toString(), looped(), Mono.never(), Notices.none())))
                    .isInstanceOf(StreamException.class)
                    .hasMessageMatching(".*clip.ts: decoding it took \\d+ MiB of memory; limits.memory allows 1 MiB");
        }
    }

    @Test
    void oneThatHangsIsEnded() {
        try (Decoders decoders = new Decoders("cam", ENOUGH, Duration.ofSeconds(2))) {
            LiveInput source = decoders.open(
                    clip.toString(),
                    looped().withDeadlines(PATIENT, Duration.ofMillis(1)),
                    Mono.never(),
                    Notices.none());
            signal("STOP", started().iterator().next());
            assertThatThrownBy(() -> read(source))
                    .isInstanceOf(StreamException.class)
                    .hasMessageMatching(".*clip.ts: nothing came of decoding it for \\d+ s");
        }
    }

    @Test
    void oneThatCrashesSaysWhere() {
        try (Decoders decoders = new Decoders("cam", ENOUGH)) {
            LiveInput source = decoders.open(clip.toString(), looped(), Mono.never(), Notices.none());
            signal("SEGV", started().iterator().next());
            assertThatThrownBy(() -> read(source))
                    .isInstanceOf(StreamException.class)
                    .hasMessageMatching(".*clip.ts: the process that decodes it crashed in lib\\S+");
        }
    }

    @Test
    void whoStopsNeedNotWaitForASourceThatIsSilent() {
        try (Decoders decoders = new Decoders("cam", ENOUGH)) {
            String silent = "tcp://127.0.0.1:1?listen=1";
            assertThatThrownBy(() -> decoders.open(
                            silent,
                            OPTIONS.withDeadlines(PATIENT, PATIENT),
                            Mono.delay(Duration.ofSeconds(1)).then(),
                            Notices.none()))
                    .isInstanceOf(StreamException.class);
        }
    }

    /** However this process ends, and whatever native code of the other does. */
    @Test
    void itEndsWithItsServer() throws Exception {
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Server.class.getName(),
                        clip.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        ProcessHandle decoder;
        try {
            assertThat(server.inputReader().readLine()).isEqualTo("reading");
            decoder = server.children().findFirst().orElseThrow();
        } finally {
            server.destroyForcibly().waitFor();
        }
        decoder.onExit().get(60, TimeUnit.SECONDS);
        assertThat(decoder.isAlive()).isFalse();
    }

    /** One that reads a little and then does nothing. */
    static final class Server {
        private Server() {}

        public static void main(String[] args) throws InterruptedException {
            Decoders decoders = new Decoders("cam", ENOUGH);
            decoders.open(args[0], looped(), Mono.never(), Notices.none());
            System.out.println("reading");
            Thread.sleep(PATIENT.toMillis());
        }
    }

    private static InputOptions looped() {
        return OPTIONS.withLoop(true).withDemuxerOptions(Map.of());
    }

    private static void read(LiveInput opened) {
        try (LiveInput source = opened) {
            count(source);
        }
    }

    private static long count(LiveInput source) {
        try (NativeScope scope = new NativeScope()) {
            Long count =
                    source.frames(scope).doOnNext(VideoFrame::close).count().block();
            assertThat(scope.outstanding()).isZero();
            return count == null ? 0 : count;
        }
    }

    private ReadableByteChannel bytes() throws IOException {
        return Files.newByteChannel(clip);
    }

    private static void signal(String name, ProcessHandle process) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Set<ProcessHandle> started() {
        Set<ProcessHandle> now = children();
        now.removeAll(before);
        return now;
    }

    private static Set<ProcessHandle> children() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).collect(Collectors.toSet());
    }
}
