package io.upflux.codecs.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_SUBTITLE;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Times in milliseconds. */
class SteadyClockTest {
    private static final int VIDEO = 0;
    private static final int SOUND = 1;
    private static final int TEXT = 2;

    private final List<String> steps = new ArrayList<>();
    private SteadyClock clock = clock(true);
    private AVFormatContext context;
    private AVPacket packet;

    @BeforeEach
    void open() {
        context = avformat_alloc_context();
        for (int type : new int[] {AVMEDIA_TYPE_VIDEO, AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_SUBTITLE}) {
            AVStream stream = avformat_new_stream(context, null);
            stream.codecpar().codec_type(type);
            stream.time_base().num(1).den(1000);
        }
        packet = av_packet_alloc();
    }

    @AfterEach
    void close() {
        av_packet_free(packet);
        avformat_free_context(context);
    }

    @Test
    void aStepBackGoesOnFromTheEndForAllStreams() {
        assertThat(placed(VIDEO, 4960)).isEqualTo(4960);
        assertThat(placed(SOUND, 4970)).isEqualTo(4970);
        assertThat(placed(VIDEO, 0)).isEqualTo(5010);
        assertThat(placed(TEXT, 10)).isEqualTo(5020);
        assertThat(placed(SOUND, 20)).isEqualTo(5030);
        assertThat(placed(VIDEO, 40)).isEqualTo(5050);
        assertThat(steps).containsExactly("the clock steps back by 5.010 s at 5.010 s; time goes on without it");
    }

    @Test
    void whatComesLateFromBeforeTheStepStaysThere() {
        placed(VIDEO, 4960);
        placed(SOUND, 4900);
        assertThat(placed(VIDEO, 0)).isEqualTo(5000);
        assertThat(placed(SOUND, 4940)).isEqualTo(4940);
        assertThat(placed(SOUND, 10)).isEqualTo(5010);
        assertThat(steps).hasSize(1);
    }

    @Test
    void aStreamBehindTheOthersFollowsAStepThatIsNoneToItself() {
        placed(VIDEO, 4960);
        placed(SOUND, 4560);
        assertThat(placed(VIDEO, 3800)).isEqualTo(5000);
        assertThat(placed(SOUND, 3800)).isEqualTo(5000);
    }

    @Test
    void theTimeOfDecodingTellsAStepAndNotThatOfShowing() {
        placed(VIDEO, 2000, 0);
        assertThat(placed(VIDEO, 800, 40)).isEqualTo(800);
        assertThat(steps).isEmpty();
    }

    @Test
    void jitterAndPausesOfSubtitlesAreNoSteps() {
        placed(VIDEO, 1000);
        placed(TEXT, 1000);
        assertThat(placed(VIDEO, 100)).isEqualTo(100);
        assertThat(placed(TEXT, 60_000)).isEqualTo(60_000);
        assertThat(placed(TEXT, 500)).isEqualTo(500);
        assertThat(steps).isEmpty();
    }

    @Test
    void aLeapAheadOfAllStreamsIsAStepWhereTheContainerMayHaveThem() {
        placed(VIDEO, 0);
        assertThat(placed(VIDEO, 60_000)).isEqualTo(40);
        assertThat(steps).containsExactly("the clock steps ahead by 59.960 s at 0.040 s; time goes on without it");

        clock = clock(false);
        placed(VIDEO, 0);
        assertThat(placed(VIDEO, 60_000)).isEqualTo(60_000);
        assertThat(steps).hasSize(1);
    }

    @Test
    void picturesThatPauseWhileSoundGoesOnDoNotLeap() {
        placed(VIDEO, 0);
        for (int time = 0; time < 60_000; time += 1000) {
            placed(SOUND, time);
        }
        assertThat(placed(VIDEO, 60_000)).isEqualTo(60_000);
        assertThat(steps).isEmpty();
    }

    @Test
    void programsWithClocksOfTheirOwnStayOnThem() {
        placed(VIDEO, 5000);
        placed(SOUND, 900_000);
        assertThat(placed(VIDEO, 0)).isEqualTo(5040);
        assertThat(placed(SOUND, 900_040)).isEqualTo(900_040);
        assertThat(steps).hasSize(1);
    }

    @Test
    void oneWildTimeIsForgotten() {
        placed(VIDEO, 0);
        assertThat(placed(VIDEO, 95_000_000)).isEqualTo(40);
        assertThat(placed(VIDEO, 80)).isEqualTo(80);
        assertThat(placed(VIDEO, 120)).isEqualTo(120);
    }

    @Test
    void anInputThatIsReadAgainFollowsItself() {
        assertThat(clock.beginAgain(clock::restart)).isFalse();
        placed(VIDEO, 0);
        placed(SOUND, 20);
        assertThat(clock.beginAgain(clock::restart)).isTrue();
        assertThat(placed(SOUND, 0)).isEqualTo(60);
        assertThat(placed(VIDEO, 0)).isEqualTo(60);
        assertThat(clock.beginAgain(clock::restart)).isTrue();
        assertThat(placed(VIDEO, 0)).isEqualTo(100);
        assertThat(steps).isEmpty();
    }

    @Test
    void aStepThatIsReadTwiceIsToldOfOnce() {
        for (int i = 0; i < 2; i++) {
            clock.restart();
            placed(VIDEO, 5000);
            placed(VIDEO, 0);
        }
        clock.beginAgain(clock::restart);
        placed(VIDEO, 5000);
        placed(VIDEO, 0);
        assertThat(steps).hasSize(1);
    }

    private SteadyClock clock(boolean mayLeap) {
        SteadyClock made = new SteadyClock(0, mayLeap ? SteadyClock.LARGEST_GAP : Long.MAX_VALUE);
        made.onStep(steps::add);
        return made;
    }

    private long placed(int stream, long time) {
        return placed(stream, time, time);
    }

    private long placed(int stream, long pts, long dts) {
        packet.pts(pts).dts(dts).duration(40).stream_index(stream);
        clock.place(packet, context.streams(stream));
        return packet.pts();
    }
}
