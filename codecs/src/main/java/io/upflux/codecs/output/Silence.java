package io.upflux.codecs.output;

import io.upflux.frame.Rational;
import io.upflux.pipeline.StreamException;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.jspecify.annotations.Nullable;

/** Instead of the sound of a source that has none: players wait for a track that pauses. */
final class Silence implements SoundFeed {
    private final AudioEncoder encoder;

    private Silence(AudioEncoder encoder) {
        this.encoder = encoder;
    }

    /**
     * Of the codec, rate and channels of other sound; null where there is no encoder for them.
     *
     * @param output gets every packet, which it must not keep
     */
    static @Nullable Silence open(String label, AVCodecParameters like, Consumer<AVPacket> output) {
        try {
            return new Silence(
                    AudioEncoder.open(true, label, like.codec_id(), like.sample_rate(), like.ch_layout(), output));
        } catch (StreamException e) {
            return null;
        }
    }

    @Override
    public void describeTo(AVCodecParameters parameters) {
        encoder.describeTo(parameters);
    }

    @Override
    public Rational timeBase() {
        return encoder.timeBase();
    }

    @Override
    public void accept(AVPacket packet) {
        throw new IllegalStateException("silence has no packets");
    }

    @Override
    public void reach(long until) {
        encoder.silence(until + encoder.delay());
    }

    @Override
    public void close() {
        encoder.close();
    }
}
