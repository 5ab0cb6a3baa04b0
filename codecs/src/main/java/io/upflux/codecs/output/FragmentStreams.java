package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_free;

import io.upflux.codecs.ffmpeg.Av;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.global.avcodec;
import org.jspecify.annotations.Nullable;

/** What the streams in fragments are, as their headers say it. Owns native memory. */
final class FragmentStreams implements AutoCloseable {
    private final AVCodecParameters video;
    private final Map<FragmentForm, AVCodecParameters> sounds = new EnumMap<>(FragmentForm.class);

    /** @param audio null for none */
    FragmentStreams(String name, VideoTrack video, @Nullable LiveAudio audio) {
        this.video = Av.allocated(avcodec_parameters_alloc(), name);
        try {
            video.describeTo(this.video);
            if (audio != null) {
                for (FragmentForm form : FragmentForm.values()) {
                    AVCodecParameters sound = Av.allocated(avcodec_parameters_alloc(), name);
                    sounds.put(form, sound);
                    audio.track(form).describeTo(sound);
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

    /** In every container; empty for none. */
    Map<FragmentForm, AVCodecParameters> sounds() {
        return Collections.unmodifiableMap(sounds);
    }

    /** Whether what is set up for these can go on with others. */
    boolean isLike(FragmentStreams others) {
        return StreamLikeness.of(video, others.video)
                && sounds.keySet().equals(others.sounds.keySet())
                && sounds.entrySet().stream()
                        .allMatch(sound -> StreamLikeness.of(
                                sound.getValue(), Objects.requireNonNull(others.sounds.get(sound.getKey()))));
    }

    @Override
    public void close() {
        avcodec_parameters_free(video);
        sounds.values().forEach(avcodec::avcodec_parameters_free);
        sounds.clear();
    }
}
