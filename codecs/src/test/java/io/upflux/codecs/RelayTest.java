package io.upflux.codecs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.bytedeco.ffmpeg.global.avcodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A source that is decoded elsewhere is the same as one that is decoded here. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RelayTest {
    private static final InputOptions OPTIONS = InputOptions.defaults().withRotatePixels(true);

    /** Kinds of messages. */
    private static final int HEADER = 0;

    private static final int SOUND = 2;
    private static final int SAMPLES = 3;

    /** The end of a header: a time base, a codec, and what else describes samples. */
    private static final int SAMPLES_FIELDS = 2 * Long.BYTES + 11 * Integer.BYTES;

    @TempDir
    Path folder;

    private final List<String> notices = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "aac.mp4, aac",
        "adts.ts, aac",
        "opus.mkv, libopus",
        "mp3.mkv, libmp3lame",
        "flac.mkv, flac",
        "ac3.ts, ac3",
        "pcm.mkv, pcm_s16le",
        "silent.mkv, none"
    })
    void whatIsRelayedIsEncodedToTheSameBytes(String name, String audio) {
        String clip = clip(name, audio);
        List<Fragment> here = fragments(MediaSource.open(clip, OPTIONS, Notices.none()));
        List<Fragment> there = fragments(relayed(clip));
        assertThat(here).isNotEmpty();
        assertThat(there).hasSameSizeAs(here);
        // The last packet of Opus says how much of it is padding, which is not relayed: live streams do not come to it.
        for (int i = 0; i < here.size() - 1; i++) {
            assertThat(there.get(i).mp4())
                    .as("fragment %s", i)
                    .isEqualTo(here.get(i).mp4());
            assertThat(there.get(i).ts())
                    .as("fragment %s", i)
                    .isEqualTo(here.get(i).ts());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"yuv420p", "yuv422p10le", "gray", "gbrp", "yuva444p", "pal8"})
    void picturesTimesAndColoursStay(String pixels) {
        Path clip = folder.resolve("colours.mkv");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=70x50:rate=30000/1001,select='not(mod(n,3))',setsar=4/3",
                "-frames:v",
                "7",
                "-fps_mode",
                "vfr",
                "-pix_fmt",
                pixels,
                "-c:v",
                pixels.equals("pal8") ? "png" : "ffv1",
                "-color_primaries",
                "bt2020",
                "-color_trc",
                "smpte2084",
                "-colorspace",
                "bt2020nc",
                "-color_range",
                "pc",
                clip.toString());
        try (MediaSource here = MediaSource.open(clip.toString(), OPTIONS, Notices.none());
                RelayedSource there = relayed(clip.toString())) {
            assertThat(there.format()).isEqualTo(here.format());
            assertThat(there.estimatedFrames()).isEqualTo(here.estimatedFrames());
            assertThat(pictures(there)).hasSize(7).isEqualTo(pictures(here));
        }
    }

    @Test
    void damageIsToldAndWhatIsNoMediaIsRefused() throws IOException {
        Path clip = Path.of(clip("cut.mp4", "aac"));
        byte[] bytes = Files.readAllBytes(clip);
        for (int i = bytes.length / 2; i < bytes.length / 2 + 3000; i++) {
            bytes[i] = (byte) i;
        }
        Files.write(clip, bytes);
        try (RelayedSource source = relayed(clip.toString())) {
            pictures(source);
        }
        assertThat(notices).anySatisfy(line -> assertThat(line).contains("damaged packet(s) or frame(s)"));

        Path text = Files.writeString(folder.resolve("text.mp4"), "no media at all");
        assertThatThrownBy(() -> relayed(text.toString()))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("text.mp4: not a media file");
    }

    /** What somebody who took over the sender keeps back is not decoded here instead. */
    @Test
    void soundWithoutSamplesIsNotDecodedHere() throws IOException {
        byte[] all = sent(clip("clip.mkv", "libmp3lame"));
        ByteArrayOutputStream packetsOnly = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(packetsOnly);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(all));
        while (in.available() > 0) {
            int kind = in.readByte();
            byte[] body = in.readNBytes(in.readInt());
            if (kind == HEADER) {
                body = Arrays.copyOf(body, body.length - SAMPLES_FIELDS);
                body[body.length - 1] = 0;
            }
            if (kind != SAMPLES) {
                out.writeByte(kind);
                out.writeInt(body.length);
                out.write(body);
            }
        }
        Collected told = new Collected();
        assertThat(fragments(received(packetsOnly.toByteArray()), told)).isNotEmpty();
        assertThat(told.warnings).containsExactly("live: its sound cannot be decoded and is left out");
    }

    /** One packet whose time is damaged, of sound that is copied and of sound that is encoded. */
    @ParameterizedTest
    @ValueSource(strings = {"aac", "libmp3lame"})
    void soundFarAheadOfThePicturesIsLeftOutAndNothingElse(String audio) throws IOException {
        byte[] all = sent(clip("clip.mkv", audio));
        List<Fragment> whole = fragments(received(all));
        ByteBuffer messages = ByteBuffer.wrap(all);
        int sounds = 0;
        while (messages.hasRemaining()) {
            int kind = messages.get();
            int next = messages.getInt() + messages.position();
            sounds += kind == SAMPLES ? 1 : 0;
            if (sounds == 20 && (kind == SOUND || kind == SAMPLES)) {
                messages.putLong(messages.position(), Duration.ofHours(1).toMillis());
            }
            messages.position(next);
        }
        List<Fragment> damaged = fragments(received(all));
        assertThat(sounds(whole)).isGreaterThan(80);
        assertThat(sounds(damaged)).isBetween(sounds(whole) - 3, sounds(whole));
    }

    /** Packets of sound in MP4. */
    private long sounds(List<Fragment> fragments) throws IOException {
        Path file = folder.resolve("fragments.mp4");
        try (WritableByteChannel out = Channels.newChannel(Files.newOutputStream(file))) {
            out.write(fragments.get(0).header().init().duplicate());
            for (Fragment fragment : fragments) {
                out.write(fragment.mp4().duplicate());
            }
        }
        String packets = FfmpegPrograms.ffprobe(
                "-v",
                "error",
                "-select_streams",
                "a",
                "-show_entries",
                "packet=pts",
                "-of",
                "csv=p=0",
                file.toString());
        return packets.lines().count();
    }

    @Test
    void samplesThatAreStillToBeDecodedAreRefused() throws IOException {
        byte[] all = sent(clip("clip.mp4", "libopus"));
        ByteBuffer header = ByteBuffer.wrap(all);
        assertThat(header.get(0)).isEqualTo((byte) HEADER);
        int codec = 1 + Integer.BYTES + header.getInt(1) - SAMPLES_FIELDS + 2 * Integer.BYTES;
        assertThat(header.getInt(codec)).isEqualTo(avcodec.AV_CODEC_ID_PCM_F32LE);
        header.putInt(codec, avcodec.AV_CODEC_ID_MP3);
        assertThatThrownBy(() -> read(new ByteArrayInputStream(all)))
                .isInstanceOf(StreamException.class)
                .hasMessage(
                        "what the decoding process sent cannot be understood: samples that are still to be decoded");
    }

    @Test
    void aSenderThatBreaksOffIsAFailure() throws IOException {
        byte[] all = sent(clip("clip.mp4", "libopus"));
        for (int length : new int[] {0, 3, 40, all.length / 2, all.length - 1}) {
            assertThatThrownBy(() -> read(new ByteArrayInputStream(all, 0, length)))
                    .as("%s of %s bytes", length, all.length)
                    .isInstanceOf(StreamException.class)
                    .hasMessage("broken off");
        }
    }

    /** Whatever took over the sender, here come numbers that fit, or one line. */
    @Test
    void nonsenseIsRefused() throws IOException {
        byte[] all = sent(clip("clip.mp4", "libopus"));
        Random random = new Random(5);
        for (int round = 0; round < 300; round++) {
            byte[] wrong = all.clone();
            int places = 1 + random.nextInt(3);
            for (int i = 0; i < places; i++) {
                // Most of it is samples, any of which are right.
                wrong[random.nextInt(round % 2 == 0 ? 200 : wrong.length)] = (byte) random.nextInt();
            }
            try {
                read(new ByteArrayInputStream(wrong));
            } catch (StreamException e) {
                assertThat(e.getMessage()).doesNotContain("\n");
            }
        }
        ByteArrayOutputStream large = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(large);
        out.writeByte(6);
        out.writeInt(Integer.MAX_VALUE);
        assertThatThrownBy(() -> read(new ByteArrayInputStream(large.toByteArray())))
                .hasMessage("what the decoding process sent cannot be understood: 2147483647 bytes of WARNING");
    }

    @Test
    void largerPicturesThanAreTakenAreRefusedHereToo() {
        String clip = clip("clip.mp4", "none");
        assertThatThrownBy(() ->
                        RelayedSource.open("clip", sender(clip), InputLimits.USUAL.withPixels(100), Notices.none()))
                .hasMessageContaining("pictures of 96x64");
    }

    private String clip(String name, String audio) {
        Path clip = folder.resolve(name);
        List<String> arguments = new ArrayList<>(List.of(
                "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25", "-f", "lavfi", "-i", "sine=sample_rate=48000"));
        arguments.addAll(List.of("-t", "2", "-pix_fmt", "yuv420p", "-c:v", "libopenh264"));
        arguments.addAll(audio.equals("none") ? List.of("-an") : List.of("-c:a", audio, "-ac", "2"));
        arguments.add(clip.toString());
        FfmpegPrograms.ffmpeg(arguments.toArray(String[]::new));
        return clip.toString();
    }

    private static List<Fragment> fragments(LiveInput input) {
        return fragments(input, Notices.none());
    }

    private static List<Fragment> fragments(LiveInput input, Notices told) {
        List<Fragment> fragments = new ArrayList<>();
        LiveOptions options = LiveOptions.defaults().withCuts(Duration.ofSeconds(1), Duration.ofMillis(200));
        try (LiveOutput output = LiveOutput.create("live", options, fragments::add, told);
                LiveInput source = input;
                NativeScope scope = new NativeScope();
                FrameSink sink = output.sink(source)) {
            sink.open(source.format());
            source.frames(scope).doOnNext(sink::write).blockLast();
            sink.finish();
            assertThat(scope.outstanding()).isZero();
        }
        return fragments;
    }

    private static List<String> pictures(LiveInput source) {
        List<String> pictures = new ArrayList<>();
        try (NativeScope scope = new NativeScope()) {
            source.frames(scope)
                    .doOnNext(frame -> pictures.add(described(frame)))
                    .blockLast();
            assertThat(scope.outstanding()).isZero();
        }
        return pictures;
    }

    private static String described(VideoFrame frame) {
        try (frame) {
            StringBuilder text = new StringBuilder(frame.pts() + "+" + frame.duration());
            for (Plane plane : frame.planes()) {
                int hash = 1;
                for (int row = 0; row < plane.height(); row++) {
                    int bytes = plane.width() * frame.format().layout().bytesPerSample();
                    hash = 31 * hash
                            + plane.data().slice(row * plane.stride(), bytes).hashCode();
                }
                text.append(' ').append(hash);
            }
            return text.toString();
        }
    }

    /** All that is sent of a clip. */
    private static byte[] sent(String clip) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        MediaRelay.send(told -> MediaSource.open(clip, OPTIONS, told), Channels.newChannel(bytes));
        return bytes.toByteArray();
    }

    private static RelayedSource received(byte[] bytes) {
        Sender sender = new Sender(new ByteArrayInputStream(bytes));
        return RelayedSource.open("clip", sender, InputLimits.USUAL, Notices.none());
    }

    private static void read(InputStream bytes) {
        try (RelayedSource source = RelayedSource.open("clip", new Sender(bytes), InputLimits.USUAL, Notices.none())) {
            source.sharedCarriage();
            pictures(source);
        }
    }

    private RelayedSource relayed(String clip) {
        Notices collected = new Notices() {
            @Override
            public void warning(String line) {
                notices.add(line);
            }

            @Override
            public void info(String line) {
                notices.add(line);
            }
        };
        return RelayedSource.open(clip, sender(clip), InputLimits.USUAL, collected);
    }

    private static Sender sender(String clip) {
        try {
            Pipe pipe = Pipe.open();
            Thread thread = new Thread(() -> {
                try (Pipe.SinkChannel out = pipe.sink()) {
                    MediaRelay.send(told -> MediaSource.open(clip, OPTIONS, told), out);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            thread.setDaemon(true);
            thread.start();
            return new Sender(Channels.newInputStream(pipe.source()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Sender(InputStream output) implements RelayedSource.Sender {
        @Override
        public StreamException failure() {
            return new StreamException("broken off");
        }

        @Override
        public void interrupt() {
            close();
        }

        @Override
        public void close() {
            try {
                output.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
