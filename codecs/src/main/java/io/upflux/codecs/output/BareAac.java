package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.av_mallocz;

import io.upflux.codecs.ffmpeg.Av;
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
    private static final int LOW_COMPLEXITY = 2;

    /** Table 1.18. */
    private static final int[] RATES = {
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350
    };

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
                && rate(source) >= 0
                && channels(source) > 0;
    }

    /** With the configuration. */
    void describeTo(AVCodecParameters parameters) {
        Av.check(avcodec_parameters_copy(parameters, filter.par_in()), FILTER);
        int configuration = LOW_COMPLEXITY << 11 | rate(parameters) << 7 | channels(parameters) << 3;
        BytePointer bytes = new BytePointer(Av.allocated(av_mallocz(2L + AV_INPUT_BUFFER_PADDING_SIZE), FILTER));
        bytes.put(0, (byte) (configuration >> 8)).put(1, (byte) configuration);
        parameters.extradata(bytes).extradata_size(2).codec_tag(0);
    }

    /** Takes the header off a packet. */
    void strip(AVPacket packet) {
        Av.check(av_bsf_send_packet(filter, packet), FILTER);
        Av.check(av_bsf_receive_packet(filter, packet), FILTER);
        // The configuration again, which has been said.
        av_packet_free_side_data(packet);
    }

    private static int rate(AVCodecParameters source) {
        for (int i = 0; i < RATES.length; i++) {
            if (RATES[i] == source.sample_rate()) {
                return i;
            }
        }
        return -1;
    }

    /** Table 1.19, where a count says which channels they are; else 0. */
    private static int channels(AVCodecParameters source) {
        int count = source.ch_layout().nb_channels();
        return count == 8 ? 7 : count <= 6 ? count : 0;
    }

    @Override
    public void close() {
        av_bsf_free(filter);
    }
}
