package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;

import io.upflux.codecs.Fragment;
import io.upflux.codecs.LiveOptions;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.Rational;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.jspecify.annotations.Nullable;

/**
 * What outlasts the sources of a live stream: the output's clock, the size of its pictures, and the containers as long as
 * what comes is of one kind. One thread.
 */
public final class FragmentOutput implements AutoCloseable {
    /** MPEG's system clock, in which all video is timed. */
    static final Rational CLOCK = new Rational(1, 90_000);

    /** Stream types of MPEG-TS (ISO 13818-1, table 2-34); others are written as data that no player can tell. */
    private static final Set<Integer> TRANSPORTED = Set.of(
            AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_MPEG4, AV_CODEC_ID_H264, AV_CODEC_ID_HEVC);

    static final AVRational TICKS = Av.rational(CLOCK);

    private static final Rational NANOS = new Rational(1, 1_000_000_000);

    private final String name;
    private final LiveOptions options;
    private final Consumer<Fragment> fragments;
    private final Notices notices;
    private long clock;
    private long advanced;
    private int width;
    private int height;
    private @Nullable FragmentContainers containers;

    /** @param fragments told of every fragment, in order */
    public FragmentOutput(String name, LiveOptions options, Consumer<Fragment> fragments, Notices notices) {
        this.name = name;
        this.options = options;
        this.fragments = fragments;
        this.notices = notices;
    }

    /** Sinks for one source; each to be closed before the next is asked for, which leaves out what came meanwhile. */
    public Supplier<FrameSink> sinks(Carriage carriage, int sourceHeight) {
        return new Supplier<>() {
            private boolean begun;

            @Override
            public FrameSink get() {
                if (begun) {
                    carriage.skip();
                    advance(clock + Av.rescale(System.nanoTime() - advanced, NANOS, CLOCK));
                }
                begun = true;
                advanced = System.nanoTime();
                return new FragmentSink(FragmentOutput.this, carriage, sourceHeight);
            }
        };
    }

    String name() {
        return name;
    }

    LiveOptions options() {
        return options;
    }

    Notices notices() {
        return notices;
    }

    /** Where the next picture goes. */
    long clock() {
        return clock;
    }

    /** Has its clock no earlier than another one has. */
    public void catchUp(FragmentOutput other) {
        advance(other.clock);
    }

    /** Everything before this instant is written. */
    void advance(long to) {
        clock = Math.max(clock, to);
        advanced = System.nanoTime();
    }

    void publish(Fragment fragment) {
        fragments.accept(fragment);
    }

    /** The offered format at the size of the output, which the first source decides. Players show it as wide as offered. */
    FrameFormat sized(FrameFormat offered) {
        if (width == 0) {
            FrameFormat wanted = PictureFormat.sized(offered, options.encoding().height(), false);
            // Chroma of half the size has no half sample at the edge.
            width = Math.max(16, wanted.width() & ~1);
            height = Math.max(16, wanted.height() & ~1);
        }
        Rational aspect = offered.sampleAspect().isKnown() ? offered.sampleAspect() : Rational.ONE;
        long across = (long) offered.width() * height;
        long down = (long) offered.height() * width;
        boolean alike = Math.abs(across - down) * 50 < down;
        Rational shown = alike ? aspect : new Rational(aspect.num() * across, aspect.den() * down).reduced();
        return new FrameFormat(
                width, height, offered.layout(), offered.colour(), shown, offered.timeBase(), offered.frameRate());
    }

    /** What the sound in each container has been; empty for none. */
    Map<FragmentForm, AVCodecParameters> sounds() {
        return containers == null ? Map.of() : containers.streams().sounds();
    }

    /** The containers for such streams: those there are if they can hold them, else fresh ones. */
    FragmentContainers containers(VideoTrack video, double frameRate, @Nullable LiveAudio audio) {
        FragmentStreams streams = new FragmentStreams(name, video, audio);
        FragmentContainers current = containers;
        if (current != null && current.hold(streams)) {
            streams.close();
            return current;
        }
        close();
        int codec = streams.video().codec_id();
        if (!TRANSPORTED.contains(codec)) {
            notices.warning(name + ": MPEG-TS has no form for " + Av.string(avcodec_get_name(codec))
                    + ": viewers of .ts see no picture, those of HLS, .mp4 and the WebSocket do");
        }
        FragmentContainers fresh = new FragmentContainers(name, streams, frameRate);
        containers = fresh;
        return fresh;
    }

    @Override
    public void close() {
        FragmentContainers current = containers;
        containers = null;
        if (current != null) {
            current.close();
        }
    }
}
