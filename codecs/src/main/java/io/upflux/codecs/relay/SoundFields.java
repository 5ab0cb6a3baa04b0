package io.upflux.codecs.relay;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PCM_F32LE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_INPUT_BUFFER_PADDING_SIZE;
import static org.bytedeco.ffmpeg.global.avutil.*;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.output.LiveAudio;
import io.upflux.frame.Rational;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.javacpp.BytePointer;

/** What a decoder or a muxer must know of the sound, in a header. */
final class SoundFields {
    private static final int MOST_CHANNELS = 64;
    private static final int HIGHEST_RATE = 768_000;
    private static final int MOST_EXTRADATA = 64 << 10;

    private SoundFields() {}

    static void write(AVCodecParameters sound, Rational timeBase, DataOutput out) throws IOException {
        FormatFields.write(timeBase, out);
        out.writeInt(sound.codec_id());
        out.writeInt(sound.format());
        out.writeInt(sound.profile());
        out.writeInt(sound.sample_rate());
        out.writeInt(sound.ch_layout().nb_channels());
        out.writeLong(
                sound.ch_layout().order() == AV_CHANNEL_ORDER_NATIVE
                        ? sound.ch_layout().u_mask()
                        : 0);
        out.writeLong(sound.bit_rate());
        out.writeInt(sound.frame_size());
        out.writeInt(sound.initial_padding());
        out.writeInt(sound.bits_per_coded_sample());
        byte[] extradata = new byte[sound.extradata_size()];
        if (extradata.length > 0) {
            sound.extradata().get(extradata);
        }
        out.writeInt(extradata.length);
        out.write(extradata);
    }

    /** Describes a new stream; what is neither plain samples nor goes into a container as it is is refused. */
    static void read(DataInput in, AVStream stream) throws IOException {
        Rational timeBase = FormatFields.rational(in);
        AVCodecParameters sound = stream.codecpar();
        sound.codec_type(AVMEDIA_TYPE_AUDIO).codec_id(in.readInt()).format(in.readInt());
        sound.profile(in.readInt()).sample_rate(in.readInt());
        int channels = in.readInt();
        long mask = in.readLong();
        sound.bit_rate(in.readLong()).frame_size(in.readInt()).initial_padding(in.readInt());
        sound.bits_per_coded_sample(in.readInt());
        int extradata = in.readInt();
        if (!timeBase.isKnown()
                || channels < 1
                || channels > MOST_CHANNELS
                || sound.sample_rate() < 1
                || sound.sample_rate() > HIGHEST_RATE
                || extradata < 0
                || extradata > MOST_EXTRADATA) {
            throw new MalformedMessage("sound of " + channels + " channels at " + sound.sample_rate() + " Hz");
        }
        stream.time_base(Av.rational(timeBase));
        if (mask == 0 || Long.bitCount(mask) != channels || av_channel_layout_from_mask(sound.ch_layout(), mask) < 0) {
            av_channel_layout_default(sound.ch_layout(), channels);
        }
        if (extradata > 0) {
            byte[] bytes = new byte[extradata];
            in.readFully(bytes);
            sound.extradata(
                    new BytePointer(Av.allocated(av_mallocz(extradata + (long) AV_INPUT_BUFFER_PADDING_SIZE), "sound"))
                            .put(bytes));
            sound.extradata_size(extradata);
        }
        if (sound.codec_id() != AV_CODEC_ID_PCM_F32LE && !LiveAudio.canCopy(sound)) {
            throw new MalformedMessage("sound that is not decoded");
        }
    }
}
