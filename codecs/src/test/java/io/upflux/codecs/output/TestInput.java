package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avformat.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.Plane;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.jspecify.annotations.Nullable;

/** A demultiplexed file standing in for a source: its other streams as they are, its pictures as moving bars. */
final class TestInput implements AutoCloseable {
    final Carriage carriage;
    final List<Long> videoPts = new ArrayList<>();
    final Rational timeBase;
    private final AVFormatContext context = new AVFormatContext(null);

    TestInput(Path file, long startMicros, @Nullable Long endMicros, int rotation) {
        Av.check(avformat_open_input(context, file.toString(), (AVInputFormat) null, (AVDictionary) null), "open");
        Av.check(avformat_find_stream_info(context, (AVDictionary) null), "info");
        int video = -1;
        for (int i = 0; i < context.nb_streams() && video < 0; i++) {
            AVStream stream = context.streams(i);
            boolean cover = (stream.disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0;
            video = stream.codecpar().codec_type() == AVMEDIA_TYPE_VIDEO && !cover ? i : -1;
        }
        timeBase = Av.rational(context.streams(video).time_base());
        carriage = new Carriage(
                context, video, file.toString(), startMicros, endMicros, rotation, av_frame_alloc());
        AVPacket packet = av_packet_alloc();
        while (av_read_frame(context, packet) >= 0) {
            if (packet.stream_index() == video) {
                videoPts.add(packet.pts() - Math.round(startMicros / 1e6 * timeBase.den() / timeBase.num()));
                av_packet_unref(packet);
            } else {
                AVPacket owned = av_packet_alloc();
                av_packet_move_ref(owned, packet);
                carriage.packets().add(owned);
            }
        }
        av_packet_free(packet);
        videoPts.sort(null);
    }

    TestInput(Path file) {
        this(file, 0, null, 0);
    }

    /** A picture of vertical bars that wander with {@code number}. */
    static VideoFrame bars(NativeScope scope, FrameFormat format, int number, long pts, long duration) {
        VideoFrame frame = scope.frame(format, pts, duration);
        int shift = Math.max(0, format.layout().depth() - 8);
        for (Plane plane : frame.planes()) {
            for (int y = 0; y < plane.height(); y++) {
                for (int x = 0; x < plane.width(); x++) {
                    int value = (40 + (((x + number * 2) / 16) % 2) * 120 + y % 16) << shift;
                    if (format.layout().bytesPerSample() == 1) {
                        plane.data().put(y * plane.stride() + x, (byte) value);
                    } else {
                        plane.data().putShort(y * plane.stride() + x * 2, (short) value);
                    }
                }
            }
        }
        return frame;
    }

    @Override
    public void close() {
        carriage.close();
        avformat_close_input(context);
    }
}
