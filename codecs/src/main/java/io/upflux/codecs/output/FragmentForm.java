package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;

import java.util.Map;
import java.util.Set;

/** A container that live streams are cut in. */
enum FragmentForm {
    /**
     * Fragmented MP4, with the sound that browsers play in it (ISO 14496-14, and the mappings of Opus and FLAC). Fragments are cut
     * on request; the tables come first and know nothing of the fragments; times are absolute though the first one is not zero.
     */
    MP4(
            "mp4",
            Map.of(
                    "movflags",
                    "+frag_custom+empty_moov+default_base_moof+frag_discont+skip_trailer",
                    "use_editlist",
                    "0"),
            Set.of(AV_CODEC_ID_AAC, AV_CODEC_ID_OPUS, AV_CODEC_ID_FLAC)),

    /** MPEG-TS, with the sound of ISO 13818-1 and ETSI TS 101 154, and Opus, which has a mapping of its own. */
    TS(
            "mpegts",
            Map.of(),
            Set.of(
                    AV_CODEC_ID_AAC,
                    AV_CODEC_ID_MP2,
                    AV_CODEC_ID_MP3,
                    AV_CODEC_ID_AC3,
                    AV_CODEC_ID_EAC3,
                    AV_CODEC_ID_OPUS));

    private final String format;
    private final Map<String, String> settings;
    private final Set<Integer> sound;

    FragmentForm(String format, Map<String, String> settings, Set<Integer> sound) {
        this.format = format;
        this.settings = settings;
        this.sound = sound;
    }

    /** FFmpeg's name of the muxer. */
    String format() {
        return format;
    }

    /** Options of the muxer. */
    Map<String, String> settings() {
        return settings;
    }

    /** Whether its players play sound in this codec. */
    boolean plays(int codec) {
        return sound.contains(codec);
    }
}
