package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;

import io.upflux.codecs.FragmentHeader;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.Rational;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/** The same streams in every container that viewers may ask for, as long as they stay of one kind. One thread. */
final class FragmentContainers implements AutoCloseable {
    private static final int VIDEO = 0;
    private static final int AUDIO = 1;

    private final FragmentStreams streams;
    private final Map<FragmentForm, FragmentMuxer> muxers = new EnumMap<>(FragmentForm.class);
    private final FragmentHeader header;

    /** @param streams what they hold; closed with this, and when this fails */
    FragmentContainers(String name, FragmentStreams streams, double frameRate) {
        this.streams = streams;
        try {
            ByteBuffer init = ByteBuffer.allocate(0);
            for (FragmentForm form : FragmentForm.values()) {
                FragmentMuxer muxer = new FragmentMuxer(name, form.format());
                muxers.put(form, muxer);
                muxer.addStream(streams.video(), FragmentOutput.CLOCK);
                AVCodecParameters sound = streams.sounds().get(form);
                if (sound != null) {
                    muxer.addStream(sound, new Rational(1, sound.sample_rate()));
                }
                ByteBuffer begin = muxer.begin(form.settings());
                init = form == FragmentForm.MP4 ? begin : init;
            }
            header = header(streams, frameRate, init);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static FragmentHeader header(FragmentStreams streams, double frameRate, ByteBuffer init) {
        AVCodecParameters sound = streams.sounds().get(FragmentForm.MP4);
        return new FragmentHeader(
                CodecNames.video(init.slice()),
                sound == null ? null : CodecNames.audio(sound),
                streams.video().width(),
                streams.video().height(),
                frameRate,
                init);
    }

    FragmentHeader header() {
        return header;
    }

    FragmentStreams streams() {
        return streams;
    }

    /** Whether packets of such streams can go on in these containers. */
    boolean hold(FragmentStreams others) {
        return streams.isLike(others);
    }

    /** Writes a packet of the video, in ticks of the output's clock, which stays as it is. */
    void video(AVPacket packet) {
        if ((packet.flags() & AV_PKT_FLAG_KEY) != 0) {
            muxer(FragmentForm.TS).repeatTables();
        }
        for (FragmentMuxer muxer : muxers.values()) {
            muxer.write(packet, VIDEO, FragmentOutput.TICKS);
        }
    }

    /** Writes a packet of the sound of one container, in ticks of {@code timeBase}, which stays as it is. */
    void audio(FragmentForm form, AVPacket packet, Rational timeBase) {
        muxer(form).write(packet, AUDIO, Av.rational(timeBase));
    }

    /** What was written to one container since its last call. */
    ByteBuffer cut(FragmentForm form) {
        return muxer(form).cut();
    }

    private FragmentMuxer muxer(FragmentForm form) {
        return Objects.requireNonNull(muxers.get(form));
    }

    @Override
    public void close() {
        muxers.values().forEach(FragmentMuxer::close);
        streams.close();
    }
}
