package io.upflux.codecs.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_SUBTITLE;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;

import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PacketOrderTest {
    private final PacketOrder order = new PacketOrder();
    private AVFormatContext context;
    private AVStream stream;
    private AVPacket packet;

    @BeforeEach
    void open() {
        context = avformat_alloc_context();
        stream = avformat_new_stream(context, null);
        stream.codecpar().codec_type(AVMEDIA_TYPE_AUDIO);
        stream.time_base().num(1).den(1000);
        packet = av_packet_alloc();
    }

    @AfterEach
    void close() {
        av_packet_free(packet);
        avformat_free_context(context);
    }

    @Test
    void leavesRisingTimesAlone() {
        assertThat(admit(0, 0)).isTrue();
        assertThat(admit(20, 20)).isTrue();
        assertThat(packet.dts()).isEqualTo(20);
        assertThat(order.mended()).isZero();
    }

    @Test
    void fillsInMissingTimes() {
        admit(0, 0);
        assertThat(admit(20, AV_NOPTS_VALUE)).isTrue();
        assertThat(packet.dts()).isEqualTo(20);
        assertThat(admit(AV_NOPTS_VALUE, AV_NOPTS_VALUE)).isTrue();
        assertThat(packet.dts()).isEqualTo(40);
        assertThat(packet.pts()).isEqualTo(40);
    }

    @Test
    void forgetsDurationsThatNoContainerHolds() {
        for (long duration : new long[] {-1, 1L << 31, Long.MAX_VALUE}) {
            packet.duration(duration);
            assertThat(order.admit(packet.pts(0).dts(AV_NOPTS_VALUE), stream)).isTrue();
            assertThat(packet.duration()).isZero();
        }
    }

    @Test
    void leavesOutAFirstPacketWithoutAnyTime() {
        assertThat(admit(AV_NOPTS_VALUE, AV_NOPTS_VALUE)).isFalse();
    }

    @Test
    void mendsASmallStepBack() {
        admit(100, 100);
        assertThat(admit(90, 90)).isTrue();
        assertThat(packet.dts()).isEqualTo(101);
        assertThat(packet.pts()).isEqualTo(101);
        assertThat(order.mended()).isEqualTo(1);
    }

    @Test
    void leavesOutWhatJumpsFarBackUntilTimeHasCaughtUp() {
        admit(10_000, 10_000);
        assertThat(admit(100, 100)).isFalse();
        assertThat(admit(10_020, 10_020)).isTrue();
    }

    @Test
    void letsSubtitlesStartTogether() {
        stream.codecpar().codec_type(AVMEDIA_TYPE_SUBTITLE);
        admit(100, 100);
        assertThat(admit(100, 100)).isTrue();
        assertThat(packet.dts()).isEqualTo(100);
        assertThat(order.mended()).isZero();
    }

    private boolean admit(long pts, long dts) {
        packet.pts(pts).dts(dts).duration(20);
        return order.admit(packet, stream);
    }
}
