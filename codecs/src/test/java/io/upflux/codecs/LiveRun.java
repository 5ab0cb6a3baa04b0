package io.upflux.codecs;

import io.upflux.buffer.NativeScope;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** A live output of test clips: what comes of it, and files made of that for other programs to judge. */
final class LiveRun {
    /** Segments of a second, parts of 200 ms. */
    static final LiveOptions OPTIONS = LiveOptions.defaults().withCuts(Duration.ofSeconds(1), Duration.ofMillis(200));

    final List<Fragment> fragments = new ArrayList<>();
    private final Path folder;

    LiveRun(Path folder) {
        this.folder = folder;
    }

    /** Three seconds of picture; {@code sound} is its encoder and what that is told, or {@code -an}. */
    Path clip(String name, int rate, String... sound) {
        Path file = folder.resolve(name);
        FfmpegPrograms.ffmpeg(Stream.concat(
                        Stream.of(
                                "-f",
                                "lavfi",
                                "-i",
                                "testsrc2=size=320x180:rate=" + rate,
                                "-f",
                                "lavfi",
                                "-i",
                                "sine=frequency=440:sample_rate=48000",
                                "-t",
                                "3",
                                "-pix_fmt",
                                "yuv420p",
                                "-c:v",
                                "libopenh264",
                                "-g",
                                "25"),
                        Stream.concat(Stream.of(sound), Stream.of(file.toString())))
                .toArray(String[]::new));
        return file;
    }

    /** Some frames of a clip, which begins again where it ends, as a whole run. */
    void live(Path clip, int frames) {
        live(OPTIONS, clip, frames);
    }

    void live(LiveOptions options, Path clip, int frames) {
        try (LiveOutput output = LiveOutput.create("live", options, fragments::add, Notices.none())) {
            pump(output, clip, frames);
        }
    }

    /** The same, as one of the sources of an output. */
    static void pump(LiveOutput output, Path clip, int frames) {
        InputOptions looped = InputOptions.defaults().withLoop(true);
        try (NativeScope scope = new NativeScope();
                MediaSource source = MediaSource.open(clip.toString(), looped, Notices.none());
                FrameSink sink = output.sink(source)) {
            sink.open(source.format());
            source.frames(scope).take(frames).doOnNext(sink::write).blockLast();
            sink.finish();
        }
    }

    /** All fragments from one on. */
    Path mp4(int from) {
        return mp4(fragments.subList(from, fragments.size()), folder.resolve("out" + from + ".mp4"));
    }

    Path ts(int from) {
        return ts(fragments.subList(from, fragments.size()), folder.resolve("out" + from + ".ts"));
    }

    static Path mp4(List<Fragment> fragments, Path file) {
        return write(file, fragments.get(0).header().init(), fragments, Fragment::mp4);
    }

    private static Path ts(List<Fragment> fragments, Path file) {
        return write(file, ByteBuffer.allocate(0), fragments, Fragment::ts);
    }

    private static Path write(
            Path file, ByteBuffer init, List<Fragment> fragments, Function<Fragment, ByteBuffer> form) {
        try (OutputStream out = Files.newOutputStream(file);
                WritableByteChannel channel = Channels.newChannel(out)) {
            channel.write(init.duplicate());
            for (Fragment fragment : fragments) {
                channel.write(form.apply(fragment).duplicate());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    /** By identity: a new object means new containers. */
    Set<FragmentHeader> headers() {
        Set<FragmentHeader> headers = Collections.newSetFromMap(new IdentityHashMap<>());
        fragments.forEach(fragment -> headers.add(fragment.header()));
        return headers;
    }
}
