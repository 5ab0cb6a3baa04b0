package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.av_mallocz;

import io.upflux.codecs.ffmpeg.Av;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avcodec.AVBSFContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.javacpp.BytePointer;

/**
 * AAC as transport streams carry it, each frame behind an ADTS header, made what other containers hold: bare frames, whose
 * configuration is stated once, before the first one is there (ISO 14496-3, sections 1.6.2.1 and 1.A.2.2). Of low complexity
 * only: extensions need not be said in these headers.
 */
final class BareAac implements AutoCloseable {
    private static final String FILTER = "aac_adtstoasc";

    private final AVBSFContext filter = new AVBSFContext(null);

    /** @param source for which {@link #fits} */
    BareAac(AVCodecParameters source) {
        Av.check(av_bsf_alloc(av_bsf_get_by_name(FILTER), filter), FILTER);
        try {
            Av.check(avcodec_parameters_copy(filter.par_in(), source), FILTER);
            Av.check(av_bsf_init(filter), FILTER);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Whether a track is of this kind. */
    static boolean fits(AVCodecParameters source) {
        return source.codec_id() == AV_CODEC_ID_AAC
                && source.extradata_size() == 0
                && source.profile() == AV_PROFILE_AAC_LOW
                && AacConfiguration.isPlain(
                        source.sample_rate(), source.ch_layout().nb_channels());
    }

    /** With the configuration. */
    void describeTo(AVCodecParameters parameters) {
        Av.check(avcodec_parameters_copy(parameters, filter.par_in()), FILTER);
        ByteBuffer configuration = AacConfiguration.plain(
                parameters.sample_rate(), parameters.ch_layout().nb_channels());
        int size = configuration.capacity();
        BytePointer bytes =
                new BytePointer(Av.allocated(av_mallocz((long) size + AV_INPUT_BUFFER_PADDING_SIZE), FILTER));
        bytes.put(configuration.array());
        parameters.extradata(bytes).extradata_size(size).codec_tag(0);
    }

    /** Takes the header off a packet. */
    void strip(AVPacket packet) {
        Av.check(av_bsf_send_packet(filter, packet), FILTER);
        Av.check(av_bsf_receive_packet(filter, packet), FILTER);
        // The configuration again, which has been said.
        av_packet_free_side_data(packet);
    }

    @Override
    public void close() {
        av_bsf_free(filter);
    }
}
