package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_copy;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_free;

import io.upflux.codecs.FragmentHeader;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.Rational;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.jspecify.annotations.Nullable;

/** The same packets in every container that viewers may ask for, as long as the streams stay of one kind. One thread. */
final class FragmentContainers implements AutoCloseable {
    private static final int VIDEO = 0;
    private static final int AUDIO = 1;

    /**
     * Fragments are cut on request; the tables come first and know nothing of the fragments; times are absolute though
     * the first one is not zero.
     */
    private static final Map<String, String> MP4 = Map.of(
            "movflags", "+frag_custom+empty_moov+default_base_moof+frag_discont+skip_trailer", "use_editlist", "0");

    private final AVCodecParameters video;
    private final @Nullable AVCodecParameters audio;
    private final Rational audioBase;
    private final AVRational audioTicks;
    private final FragmentMuxer mp4;
    private final FragmentMuxer ts;
    private final List<FragmentMuxer> all;
    private final FragmentHeader header;

    /**
     * @param video description of the pictures; copied
     * @param audio description of the sound, null for none; copied
     * @param audioBase time base of its packets
     */
    FragmentContainers(
            String name,
            AVCodecParameters video,
            double frameRate,
            @Nullable AVCodecParameters audio,
            Rational audioBase) {
        this.video = copy(video);
        this.audio = audio == null ? null : copy(audio);
        this.audioBase = audioBase;
        this.audioTicks = Av.rational(audioBase);
        mp4 = new FragmentMuxer(name, "mp4");
        ts = new FragmentMuxer(name, "mpegts");
        all = List.of(mp4, ts);
        try {
            for (FragmentMuxer muxer : all) {
                muxer.addStream(video, FragmentOutput.CLOCK);
                if (audio != null) {
                    muxer.addStream(audio, audioBase);
                }
            }
            ByteBuffer init = mp4.begin(MP4);
            ts.begin(Map.of());
            header = new FragmentHeader(
                    CodecNames.video(video),
                    audio == null ? null : CodecNames.audio(audio),
                    video.width(),
                    video.height(),
                    frameRate,
                    init);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    FragmentHeader header() {
        return header;
    }

    /** Whether packets of such streams can go on in these containers. */
    boolean hold(AVCodecParameters otherVideo, @Nullable AVCodecParameters otherAudio, Rational otherBase) {
        AVCodecParameters sound = audio;
        boolean sameSound = sound == null || otherAudio == null
                ? sound == otherAudio
                : StreamLikeness.of(sound, otherAudio) && audioBase.equals(otherBase);
        return sameSound && StreamLikeness.of(video, otherVideo);
    }

    /** Writes a packet of the video, in ticks of the output's clock, which stays as it is. */
    void video(AVPacket packet) {
        if ((packet.flags() & AV_PKT_FLAG_KEY) != 0) {
            ts.repeatTables();
        }
        for (FragmentMuxer muxer : all) {
            muxer.write(packet, VIDEO, FragmentOutput.TICKS);
        }
    }

    /** Writes a packet of the sound, in its time base, which stays as it is. */
    void audio(AVPacket packet) {
        for (FragmentMuxer muxer : all) {
            muxer.write(packet, AUDIO, audioTicks);
        }
    }

    /** What was written since the last call, as movie fragments. To be followed by {@link #cutTs}. */
    ByteBuffer cutMp4() {
        return mp4.cut();
    }

    /** What was written since the last call, as transport stream packets. */
    ByteBuffer cutTs() {
        return ts.cut();
    }

    @Override
    public void close() {
        all.forEach(FragmentMuxer::close);
        avcodec_parameters_free(video);
        if (audio != null) {
            avcodec_parameters_free(audio);
        }
    }

    private static AVCodecParameters copy(AVCodecParameters parameters) {
        AVCodecParameters copy = Av.allocated(avcodec_parameters_alloc(), "live output");
        Av.check(avcodec_parameters_copy(copy, parameters), "live output");
        return copy;
    }
}
