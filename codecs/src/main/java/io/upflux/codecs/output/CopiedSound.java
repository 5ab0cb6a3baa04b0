package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.Rational;
import io.upflux.pipeline.StreamException;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.jspecify.annotations.Nullable;

/** The source's own packets. */
final class CopiedSound implements SoundFeed {
    private final AVStream source;
    private final String label;
    private final Consumer<AVPacket> output;
    private final @Nullable BareAac bare;

    /**
     * @param source for which {@link #fits}
     * @param output gets every packet, which it must not keep
     */
    CopiedSound(AVStream source, String label, Consumer<AVPacket> output) {
        this.source = source;
        this.label = label;
        this.output = output;
        AVCodecParameters parameters = source.codecpar();
        boolean headed = parameters.codec_id() == AV_CODEC_ID_AAC && parameters.extradata_size() == 0;
        this.bare = headed ? new BareAac(parameters) : null;
    }

    /** Whether the packets of a track can go elsewhere as they are: what their decoder must know of them is known. */
    static boolean fits(AVCodecParameters source) {
        int configuration = source.extradata_size();
        boolean known = source.sample_rate() > 0 && source.ch_layout().nb_channels() > 0;
        return known
                && switch (source.codec_id()) {
                    case AV_CODEC_ID_AAC -> configuration > 0 || BareAac.fits(source);
                    // Without it no container can say what the channels are.
                    case AV_CODEC_ID_OPUS -> configuration >= StreamLikeness.OPUS_HEAD_BYTES;
                    case AV_CODEC_ID_FLAC -> configuration > 0;
                    default -> true;
                };
    }

    @Override
    public void describeTo(AVCodecParameters parameters) {
        if (bare != null) {
            bare.describeTo(parameters);
        } else {
            Av.check(avcodec_parameters_copy(parameters, source.codecpar()), label);
        }
    }

    @Override
    public Rational timeBase() {
        return Av.rational(source.time_base());
    }

    @Override
    public void accept(AVPacket packet) {
        if (bare == null) {
            output.accept(packet);
            return;
        }
        AVPacket copy = Av.allocated(av_packet_clone(packet), label);
        try {
            bare.strip(copy);
            output.accept(copy);
        } catch (StreamException e) {
            // What is damaged is left out, as where it is decoded.
        } finally {
            av_packet_free(copy);
        }
    }

    @Override
    public void close() {
        if (bare != null) {
            bare.close();
        }
    }
}
