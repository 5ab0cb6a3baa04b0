package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;

import io.upflux.codecs.LiveSound;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.pipeline.Notices;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVChannelLayout;
import org.jspecify.annotations.Nullable;

/**
 * Chooses what becomes of one source's sound in each container. The first sound decides the kind: copied where players play
 * it, else encoded. Later sound goes on in that kind, copied where it is of it, else encoded, and where there is none silence does.
 */
final class SoundTracks {
    private final Carriage carriage;
    private final String name;
    private final long start;
    private final LiveSound wanted;
    private final Notices notices;
    private final @Nullable AVStream source;
    private final Map<FragmentForm, SoundTrack> tracks = new EnumMap<>(FragmentForm.class);
    private @Nullable SoundTrack copied;
    private @Nullable SoundTrack encoded;
    private boolean lossTold;

    private SoundTracks(@Nullable AVStream source, Carriage carriage, long start, FragmentOutput output) {
        this.source = source;
        this.carriage = carriage;
        this.name = output.name();
        this.start = start;
        this.wanted = output.options().sound();
        this.notices = output.notices();
    }

    /**
     * A track for each container, the same for several where it serves them, each to be closed; empty where there is no sound
     * that can be decoded, or none is wanted.
     *
     * @param source the sound of the input; null where it has none
     * @param start on the output's clock, of the input's first picture
     */
    static Map<FragmentForm, SoundTrack> open(
            @Nullable AVStream source, Carriage carriage, long start, FragmentOutput output) {
        SoundTracks choice = new SoundTracks(source, carriage, start, output);
        if (choice.wanted != LiveSound.NONE) {
            Map<FragmentForm, AVCodecParameters> kinds = output.sounds();
            if (kinds.isEmpty() || !choice.all(form -> choice.later(Objects.requireNonNull(kinds.get(form))))) {
                choice.all(choice::first);
            }
        }
        return choice.tracks;
    }

    /** Whether there is one for each container; else there is none. */
    private boolean all(Function<FragmentForm, @Nullable SoundTrack> opener) {
        boolean complete = false;
        try {
            for (FragmentForm form : FragmentForm.values()) {
                SoundTrack track = opener.apply(form);
                if (track == null) {
                    return false;
                }
                tracks.put(form, track);
            }
            complete = true;
        } finally {
            if (!complete) {
                new LinkedHashSet<>(tracks.values()).forEach(SoundTrack::close);
                tracks.clear();
            }
        }
        return true;
    }

    private @Nullable SoundTrack first(FragmentForm form) {
        if (source == null) {
            return null;
        }
        if (isCopied(source.codecpar(), form)) {
            copied = copied == null ? copied() : copied;
            return copied;
        }
        encoded = encoded == null
                ? encoded(wanted == LiveSound.OPUS ? AV_CODEC_ID_OPUS : AV_CODEC_ID_AAC, null)
                : encoded;
        if (encoded == null) {
            warnOfLoss();
        }
        return encoded;
    }

    private boolean isCopied(AVCodecParameters sound, FragmentForm form) {
        boolean fits = switch (wanted) {
            case COPY -> form.plays(sound.codec_id());
            case AAC -> sound.codec_id() == AV_CODEC_ID_AAC;
            case OPUS -> sound.codec_id() == AV_CODEC_ID_OPUS;
            case NONE -> false;
        };
        return fits && CopiedSound.fits(sound);
    }

    /** @return null where nothing that we can make is of this kind */
    private @Nullable SoundTrack later(AVCodecParameters kind) {
        for (SoundTrack open : tracks.values()) {
            if (open.isLike(kind)) {
                return open;
            }
        }
        SoundTrack same = ifLike(kind, copied());
        if (same != null) {
            return same;
        }
        SoundTrack made = encoded(kind.codec_id(), kind);
        return ifLike(kind, made == null ? silence(kind) : made);
    }

    private static @Nullable SoundTrack ifLike(AVCodecParameters kind, @Nullable SoundTrack track) {
        if (track == null || track.isLike(kind)) {
            return track;
        }
        track.close();
        return null;
    }

    private @Nullable SoundTrack copied() {
        AVStream from = source;
        return from == null || !CopiedSound.fits(from.codecpar())
                ? null
                : SoundTrack.of(name, from, start, output -> new CopiedSound(from, name, output));
    }

    /** @param like whose rate and channels are wanted; null for the source's own */
    private @Nullable SoundTrack encoded(int codec, @Nullable AVCodecParameters like) {
        AVStream from = source == null ? null : carriage.decoded(source);
        if (from == null) {
            return null;
        }
        int rate = like == null ? 0 : like.sample_rate();
        AVChannelLayout layout = like == null ? null : like.ch_layout();
        return SoundTrack.of(
                name,
                from,
                start,
                output -> AudioConversion.open(true, notices, name, from, codec, rate, layout, output));
    }

    private @Nullable SoundTrack silence(AVCodecParameters kind) {
        if (source != null && tracks.isEmpty()) {
            warnOfLoss();
        }
        return SoundTrack.of(name, null, start, output -> Silence.open(name, kind, output));
    }

    /** Once, however many containers it concerns. */
    private void warnOfLoss() {
        if (!lossTold) {
            lossTold = true;
            notices.warning(name + ": its sound cannot be decoded and is left out");
        }
    }
}
