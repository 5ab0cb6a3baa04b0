package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.frame.Rational;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.jspecify.annotations.Nullable;

/**
 * The sound of a live stream, for each container in a codec that its players play: copied where that can be, else encoded, once
 * for all containers that need it. One thread.
 */
public final class LiveAudio implements AutoCloseable {
    private static final Rational MICROS = new Rational(1, Av.MICROS);

    /** How far sound may be ahead of the pictures that are written: farther than pictures lag. */
    private static final long LARGEST_LEAD_SECONDS = 30;

    private final Carriage carriage;
    private final long start;
    private final Rational sourceBase;
    private final Map<FragmentForm, SoundTrack> tracks;
    private final Set<SoundTrack> distinct;

    private LiveAudio(Carriage carriage, long start, Rational sourceBase, Map<FragmentForm, SoundTrack> tracks) {
        this.carriage = carriage;
        this.start = start;
        this.sourceBase = sourceBase;
        this.tracks = tracks;
        this.distinct = new LinkedHashSet<>(tracks.values());
    }

    /** Whether there is a container that sound goes into as it is. */
    public static boolean canCopy(AVCodecParameters sound) {
        return Stream.of(FragmentForm.values()).anyMatch(form -> form.plays(sound.codec_id()))
                && CopiedSound.fits(sound);
    }

    /**
     * The best sound track of an input, in the kind of the sound that the output has had; null for none.
     *
     * @param start on the output's clock, of the input's first picture
     */
    static @Nullable LiveAudio open(Carriage carriage, long start, FragmentOutput output) {
        int best = av_find_best_stream(
                carriage.input(), AVMEDIA_TYPE_AUDIO, -1, carriage.videoStream(), (AVCodec) null, 0);
        AVStream source = best < 0 ? null : carriage.input().streams(best);
        Map<FragmentForm, SoundTrack> tracks = SoundTracks.open(source, carriage, start, output);
        Rational sourceBase = source == null ? MICROS : Av.rational(source.time_base());
        return tracks.isEmpty() ? null : new LiveAudio(carriage, start, sourceBase, tracks);
    }

    /** For one of the containers. */
    SoundTrack track(FragmentForm form) {
        return Objects.requireNonNull(tracks.get(form));
    }

    /**
     * Takes what the demultiplexer has delivered by now. What lies far ahead is left out: it belongs behind a step that the
     * pictures have not made yet, or its time is damaged, and all that follows would wait for it.
     *
     * @param originMicros time of the input's first picture
     * @param written how far pictures are written, on the output's clock
     */
    void drain(long originMicros, long written) {
        long origin = Av.rescale(originMicros, MICROS, sourceBase);
        long furthest = Av.rescale(written - start, FragmentOutput.CLOCK, sourceBase)
                + Av.rescale(LARGEST_LEAD_SECONDS, Rational.ONE, sourceBase);
        for (AVPacket packet = carriage.packets().poll();
                packet != null;
                packet = carriage.packets().poll()) {
            try {
                if (packet.pts() != Av.NO_PTS && packet.size() > 0 && packet.pts() - origin <= furthest) {
                    packet.pts(packet.pts() - origin);
                    packet.dts(packet.dts() == Av.NO_PTS ? packet.pts() : packet.dts() - origin);
                    for (SoundTrack track : distinct) {
                        if (track.isOf(packet)) {
                            track.accept(packet);
                        }
                    }
                }
            } finally {
                av_packet_free(packet);
            }
        }
    }

    /** Writes what begins before an instant of the output's clock. */
    void write(long before, FragmentContainers containers) {
        for (SoundTrack track : distinct) {
            for (AVPacket packet = track.next(before); packet != null; packet = track.next(before)) {
                try {
                    write(track, packet, containers);
                } finally {
                    av_packet_free(packet);
                }
            }
        }
    }

    private void write(SoundTrack track, AVPacket packet, FragmentContainers containers) {
        for (Map.Entry<FragmentForm, SoundTrack> form : tracks.entrySet()) {
            if (form.getValue() == track) {
                containers.audio(form.getKey(), packet, track.timeBase());
            }
        }
    }

    @Override
    public void close() {
        distinct.forEach(SoundTrack::close);
    }
}
