package io.upflux.codecs.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bytedeco.ffmpeg.global.avutil.AV_HWDEVICE_TYPE_VULKAN;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_NV12;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_VULKAN;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.pipeline.StreamException;
import java.util.Random;
import org.bytedeco.ffmpeg.avutil.AVBufferRef;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVHWFramesContext;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.junit.jupiter.api.Test;

class HardwareDeviceTest {
    private static final int WIDTH = 64;
    private static final int HEIGHT = 48;

    @Test
    void whatFfmpegKnowsNoDeviceByIsRefused() {
        assertThatThrownBy(() -> HardwareDevice.of("abacus:1"))
                .isInstanceOf(StreamException.class)
                .hasMessageMatching("hwaccel: 'abacus' is none of .*cuda.*");
    }

    @Test
    void aDeviceThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> HardwareDevice.of("cuda:99"))
                .isInstanceOf(StreamException.class)
                .hasMessageMatching(
                        "hwaccel: cuda:99 cannot be opened here \\(.*\\); without hwaccel the processor decodes");
    }

    /** With Vulkan, since that also comes as software (Mesa's lavapipe). */
    @Test
    void aPictureInADeviceComesIntoMemoryWithWhatIsKnownOfIt() {
        AVBufferRef device = new AVBufferRef(null);
        assumeTrue(
                avutil.av_hwdevice_ctx_create(device, AV_HWDEVICE_TYPE_VULKAN, (String) null, null, 0) >= 0,
                "no Vulkan here");
        AVBufferRef pool = avutil.av_hwframe_ctx_alloc(device);
        AVFrame original = avutil.av_frame_alloc();
        AVFrame frame = avutil.av_frame_alloc();
        try {
            AVHWFramesContext frames = new AVHWFramesContext(pool.data());
            frames.format(AV_PIX_FMT_VULKAN)
                    .sw_format(AV_PIX_FMT_NV12)
                    .width(WIDTH)
                    .height(HEIGHT);
            Av.check(avutil.av_hwframe_ctx_init(pool), "pool");
            original.format(AV_PIX_FMT_NV12).width(WIDTH).height(HEIGHT);
            Av.check(avutil.av_frame_get_buffer(original, 0), "picture");
            fill(original);
            Av.check(avutil.av_hwframe_get_buffer(pool, frame, 0), "picture in the device");
            Av.check(avutil.av_hwframe_transfer_data(frame, original, 0), "upload");
            frame.pts(1234).crop_left(2);

            assertThat(HardwareDevice.download(frame, "a")).isTrue();

            assertThat(frame.format()).isEqualTo(AV_PIX_FMT_NV12);
            assertThat(frame.hw_frames_ctx()).isNull();
            assertThat(frame.pts()).isEqualTo(1234);
            assertThat(frame.width()).isEqualTo(WIDTH - 2);
            frame.width(WIDTH)
                    .data(0, frame.data(0).getPointer(-2))
                    .data(1, frame.data(1).getPointer(-2));
            assertThat(samples(frame)).isEqualTo(samples(original));
            assertThat(HardwareDevice.download(frame, "a")).isFalse();
        } finally {
            avutil.av_frame_free(original);
            avutil.av_frame_free(frame);
            avutil.av_buffer_unref(pool);
            avutil.av_buffer_unref(device);
        }
    }

    private static void fill(AVFrame frame) {
        Random random = new Random(1);
        for (int plane = 0; plane < 2; plane++) {
            byte[] row = new byte[WIDTH];
            for (int y = 0; y < HEIGHT >> plane; y++) {
                random.nextBytes(row);
                new BytePointer(frame.data(plane))
                        .position((long) y * frame.linesize(plane))
                        .put(row);
            }
        }
    }

    private static byte[] samples(AVFrame frame) {
        byte[] samples = new byte[WIDTH * HEIGHT * 3 / 2];
        for (int row = 0; row < HEIGHT * 3 / 2; row++) {
            int plane = row < HEIGHT ? 0 : 1;
            long at = (long) (plane == 0 ? row : row - HEIGHT) * frame.linesize(plane);
            new BytePointer(frame.data(plane)).position(at).get(samples, row * WIDTH, WIDTH);
        }
        return samples;
    }
}
