package io.upflux.codecs.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.Collected;
import io.upflux.codecs.OutputOptions;
import io.upflux.frame.FrameFormat;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputRefusalTest {
    private static final OutputOptions DEFAULTS = OutputOptions.defaults();

    @TempDir
    Path folder;

    private final Collected notices = new Collected();

    @Test
    void leavesAnExistingOutputAlone() throws IOException {
        Path out = Files.writeString(folder.resolve("out.mp4"), "precious");

        assertThatThrownBy(() -> create(out.toString(), DEFAULTS))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith(out + " exists already");
        assertThat(out).hasContent("precious");
    }

    @Test
    void replacesAnExistingOutputWhenTold() throws IOException {
        Path out = Files.writeString(folder.resolve("out.mkv"), "precious");

        write(out.toString(), DEFAULTS.withOverwrite(true), 2);

        assertThat(Programs.video(out, "codec_type")).isEqualTo("video");
        assertThat(names()).containsExactly("out.mkv");
    }

    @Test
    void refusesTheInputAsOutput() {
        Path in = folder.resolve("in.mp4");
        Programs.ffmpeg("-f", "lavfi", "-i", "testsrc=s=48x40:d=0.2", "-c:v", "mpeg4", in);

        assertThatThrownBy(() -> Remux.run(in, in, notices)).hasMessageContaining("is the input itself");
    }

    @Test
    void namesWhatIsWrongWithThePlace() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");

        assertThatThrownBy(() -> create(folder.resolve("none/out.mp4").toString(), DEFAULTS))
                .hasMessageContaining("does not exist");
        assertThatThrownBy(() -> create(folder.toString() + "/x.mp4/../file/out.mp4", DEFAULTS))
                .isInstanceOf(StreamException.class);
        Path asFolder = Files.createDirectory(folder.resolve("out.mp4"));
        assertThatThrownBy(() -> create(asFolder.toString(), DEFAULTS)).hasMessageContaining("is a folder");
        assertThat(file).exists();
    }

    @Test
    void refusesAFolderItMayNotWriteTo() throws IOException {
        Path locked = Files.createDirectory(folder.resolve("locked"));
        assertThat(locked.toFile().setWritable(false)).isTrue();
        // The superuser may write everywhere, except where the kernel says no.
        Path unwritable = Files.isWritable(locked) ? Path.of("/proc") : locked;
        assumeThat(unwritable).isDirectory();

        assertThatThrownBy(() -> create(unwritable.resolve("out.mp4").toString(), DEFAULTS))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("cannot write here");
        assertThat(locked.toFile().setWritable(true)).isTrue();
    }

    @Test
    void namesUnknownNames() {
        assertThatThrownBy(() -> create(folder.resolve("out.xyz").toString(), DEFAULTS))
                .hasMessageContaining("unknown extension .xyz");
        assertThatThrownBy(() -> create(folder.resolve("out").toString(), DEFAULTS))
                .hasMessageContaining("no extension");
        assertThatThrownBy(() -> create(folder.resolve("out.mp3").toString(), DEFAULTS))
                .hasMessageContaining("holds no video");
        assertThatThrownBy(() -> create(out(), DEFAULTS.withVideoCodec("libx999")))
                .hasMessageContaining("no video encoder libx999")
                .hasMessageContaining("libopenh264")
                .hasMessageContaining("codecs: h264");
        // What is known, but not made, and what is made, but no video.
        assertThatThrownBy(() -> create(out(), DEFAULTS.withVideoCodec("vvc")))
                .hasMessageContaining("no video encoder vvc");
        assertThatThrownBy(() -> create(out(), DEFAULTS.withVideoCodec("aac")))
                .hasMessageContaining("no video encoder aac");
        assertThatThrownBy(() -> create(folder.resolve("out.webm").toString(), DEFAULTS.withVideoCodec("mpeg4")))
                .hasMessageContaining("WEBM cannot hold what mpeg4 makes");
        assertThatThrownBy(() -> create(folder.resolve("out.webm").toString(), DEFAULTS.withVideoCodec("h264")))
                .hasMessageContaining("WEBM cannot hold what h264 makes");
        assertThatThrownBy(() -> create(out(), DEFAULTS.withContainer("boxes")))
                .hasMessageContaining("no container named boxes");
        for (String name : List.of("out.m3u8", "out.mpd")) {
            assertThatThrownBy(() -> create(folder.resolve(name).toString(), DEFAULTS))
                    .hasMessageEndingWith(" writes several files; name an .mp4 or .mkv");
        }
        assertThatThrownBy(() -> create("-", DEFAULTS.withContainer("mp4")))
                .hasMessageContaining("cannot be written to standard output");
        assertThat(names()).isEmpty();
    }

    @Test
    void saysWhichBuildHasAnEncoderThatThisOneLacks() {
        assumeThat(EncoderTable.find("libx265")).as("of the profile gpl").isNull();
        String gpl = " is in builds with the profile gpl (UPFLUX_PROFILES=gpl ./upflux, or mvn -Pgpl)";
        assertThatThrownBy(() -> create(out(), DEFAULTS.withVideoCodec("libx264")))
                .hasMessageStartingWith("there is no video encoder libx264")
                .hasMessageEndingWith("; libx264" + gpl);
        assumeThat(Path.of("/dev/nvidia0")).doesNotExist();
        for (String name : List.of("h265", "HEVC", "hevc")) {
            try (VideoOutput output = create(out(), DEFAULTS.withVideoCodec(name))) {
                assertThatThrownBy(() -> output.open(Bars.FORMAT))
                        .isInstanceOf(StreamException.class)
                        .hasMessageStartingWith("encoder hevc_nvenc does not open")
                        .hasMessageEndingWith("; libx265" + gpl);
            }
        }
        try (VideoOutput output = create(out(), DEFAULTS.withVideoCodec("av1_nvenc"))) {
            assertThatThrownBy(() -> output.open(Bars.FORMAT)).hasMessageNotContaining("gpl");
        }
    }

    @Test
    void refusesUnknownEncoderOptionsBeforeAnyWork() {
        OutputOptions unknown = DEFAULTS.withVideoCodec("libopenh264").withEncoderOption("colour", "red");
        assertThatThrownBy(() -> create(out(), unknown)).hasMessage("encoder libopenh264 has no option colour");
        OutputOptions wrong = DEFAULTS.withVideoCodec("libopenh264").withEncoderOption("rc_mode", "best");
        assertThatThrownBy(() -> create(out(), wrong))
                .hasMessageContaining("rc_mode")
                .hasMessageContaining("best");
        // NVENC knows the option too, and may be in the build of machines that have no such GPU.
        assertThatThrownBy(() -> create(out(), DEFAULTS.withEncoderOption("profile", "best")))
                .hasMessage("encoder libopenh264: option profile does not take the value best");
        assertThatThrownBy(() -> create(out(), DEFAULTS.withEncoderOption("colour", "red")))
                .hasMessageContaining("has the option(s) colour");
        assertThatThrownBy(() -> create(
                        folder.resolve("out.mov").toString(),
                        DEFAULTS.withVideoCodec("prores_ks").withCrf(20)))
                .hasMessageContaining("prores_ks takes neither crf nor bitrate");
        assertThat(names()).isEmpty();
    }

    @Test
    void passesEncoderOptionsOn() {
        write(folder.resolve("all-key.mkv").toString(), DEFAULTS.withEncoderOption("g", "1"), 5);

        assertThat(Programs.ffprobe(folder.resolve("all-key.mkv"), "-show_entries", "packet=flags"))
                .hasSize(5)
                .allMatch(flags -> flags.startsWith("K"));
    }

    @Test
    void leavesNothingBehindWithoutFinish() {
        try (NativeScope scope = new NativeScope();
                VideoOutput output = create(out(), DEFAULTS)) {
            FrameFormat wanted = output.open(Bars.FORMAT);
            for (int i = 0; i < 10; i++) {
                output.write(Bars.frame(scope, wanted, i, i * 40L, 40));
            }
            assertThat(names())
                    .singleElement()
                    .asString()
                    .startsWith(".out.partial-")
                    .endsWith(".mp4");
        }
        assertThat(names()).isEmpty();
    }

    @Test
    void leavesNothingOfASequenceBehindWhosePictureCouldNotBeFinished() throws IOException {
        PartialFile pictures = PartialFile.create(folder.resolve("out_%d.png").toString(), true, false, null);
        for (int i = 1; i <= 3; i++) {
            Files.createFile(Path.of(String.format(pictures.writtenTo(), i)));
        }

        pictures.discard(2);

        assertThat(names()).isEmpty();
    }

    @Test
    void stopsWhenInterrupted() {
        try (NativeScope scope = new NativeScope();
                VideoOutput output = create(out(), DEFAULTS)) {
            FrameFormat wanted = output.open(Bars.FORMAT);
            output.write(Bars.frame(scope, wanted, 0, 0, 40));
            output.interrupt();
            output.interrupt();
            assertThatThrownBy(() -> output.write(Bars.frame(scope, wanted, 1, 40, 40)))
                    .hasMessageContaining("interrupted");
            assertThatThrownBy(output::finish).hasMessageContaining("interrupted");
            assertThat(scope.outstanding()).isZero();
        }
        assertThat(names()).isEmpty();
    }

    @Test
    void saysThatTheDiskIsFull() {
        assumeThat(Path.of("/dev/full")).exists();
        OutputOptions options = DEFAULTS.withContainer("matroska").withEncoderOption("g", "1");

        assertThatThrownBy(() -> write("/dev/full", options, 200))
                .isInstanceOf(StreamException.class)
                .hasMessage("/dev/full: No space left on device");
        assertThat(Path.of("/dev/full")).exists();
    }

    @Test
    void refusesAnEmptyResult() {
        try (VideoOutput output = create(out(), DEFAULTS)) {
            output.open(Bars.FORMAT);
            assertThatThrownBy(output::finish).hasMessageContaining("no frame");
        }
        assertThat(names()).isEmpty();
    }

    private String out() {
        return folder.resolve("out.mp4").toString();
    }

    private VideoOutput create(String location, OutputOptions options) {
        return VideoOutput.create(location, options, null, 0, notices);
    }

    private void write(String location, OutputOptions options, int frames) {
        try (NativeScope scope = new NativeScope();
                VideoOutput output = create(location, options)) {
            FrameFormat wanted = output.open(Bars.FORMAT);
            for (int i = 0; i < frames; i++) {
                output.write(Bars.frame(scope, wanted, i, i * 40L, 40));
            }
            output.finish();
        }
    }

    private List<String> names() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("file"))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
