package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_free;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.Rational;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.jspecify.annotations.Nullable;

/** What the streams in fragments are, as their headers say it. Owns native memory. */
final class FragmentStreams implements AutoCloseable {
    private final AVCodecParameters video;
    private final Map<FragmentForm, Sound> sounds = new EnumMap<>(FragmentForm.class);

    /**
     * The sound in one container.
     *
     * @param timeBase of its packets
     */
    record Sound(AVCodecParameters parameters, Rational timeBase) {
        private boolean isLike(Sound other) {
            return StreamLikeness.of(parameters, other.parameters) && timeBase.equals(other.timeBase);
        }
    }

    /** @param audio null for none */
    FragmentStreams(String name, VideoTrack video, @Nullable LiveAudio audio) {
        this.video = Av.allocated(avcodec_parameters_alloc(), name);
        try {
            video.describeTo(this.video);
            if (audio != null) {
                for (FragmentForm form : FragmentForm.values()) {
                    SoundTrack track = audio.track(form);
                    AVCodecParameters parameters = Av.allocated(avcodec_parameters_alloc(), name);
                    sounds.put(form, new Sound(parameters, track.timeBase()));
                    track.describeTo(parameters);
                }
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    AVCodecParameters video() {
        return video;
    }

    /** Null for none. */
    @Nullable
    Sound sound(FragmentForm form) {
        return sounds.get(form);
    }

    /** Whether what is set up for these can go on with others. */
    boolean isLike(FragmentStreams others) {
        return StreamLikeness.of(video, others.video)
                && sounds.keySet().equals(others.sounds.keySet())
                && sounds.entrySet().stream()
                        .allMatch(
                                sound -> sound.getValue().isLike(Objects.requireNonNull(others.sound(sound.getKey()))));
    }

    @Override
    public void close() {
        avcodec_parameters_free(video);
        sounds.values().forEach(sound -> avcodec_parameters_free(sound.parameters));
        sounds.clear();
    }
}
