package io.upflux.codecs.input;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.pipeline.StreamException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avutil.AVBufferRef;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * A device that decodes video, such as NVIDIA's NVDEC. Decoders share it, and it stays open until the process ends, as CUDA
 * keeps its context. Decoders fall back to the processor by themselves where it cannot decode a stream.
 */
final class HardwareDevice {
    private static final Map<String, HardwareDevice> OPEN = new ConcurrentHashMap<>();

    /** {@code AV_CUDA_USE_PRIMARY_CONTEXT}: the one that networks run in, too. */
    private static final int PRIMARY_CONTEXT = 1;

    private final AVBufferRef context;

    private HardwareDevice(AVBufferRef context) {
        this.context = context;
    }

    /**
     * The device of a name, as FFmpeg's {@code -hwaccel} calls it, and behind a colon which one of several.
     *
     * @throws StreamException in one line, when there is none
     */
    static HardwareDevice of(String name) {
        return OPEN.computeIfAbsent(name, HardwareDevice::open);
    }

    private static HardwareDevice open(String name) {
        String[] parts = name.split(":", 2);
        int type = avutil.av_hwdevice_find_type_by_name(parts[0]);
        if (type == avutil.AV_HWDEVICE_TYPE_NONE) {
            throw new StreamException("hwaccel: '" + parts[0] + "' is none of " + String.join(", ", types()));
        }
        AVBufferRef created = new AVBufferRef(null);
        int code = avutil.av_hwdevice_ctx_create(
                created,
                type,
                parts.length == 2 ? parts[1] : null,
                null,
                type == avutil.AV_HWDEVICE_TYPE_CUDA ? PRIMARY_CONTEXT : 0);
        if (code < 0) {
            throw new StreamException("hwaccel: " + name + " cannot be opened here (" + Av.text(code)
                    + "); without hwaccel the processor decodes");
        }
        return new HardwareDevice(created);
    }

    private static List<String> types() {
        List<String> names = new ArrayList<>();
        int type = avutil.av_hwdevice_iterate_types(avutil.AV_HWDEVICE_TYPE_NONE);
        while (type != avutil.AV_HWDEVICE_TYPE_NONE) {
            names.add(Av.string(avutil.av_hwdevice_get_type_name(type)));
            type = avutil.av_hwdevice_iterate_types(type);
        }
        return names;
    }

    /** Has a decoder use it for what it can decode; to be called before the decoder is opened. */
    void attach(AVCodecContext decoder) {
        // FFmpeg's choice of a format (avcodec_default_get_format) prefers that of the device it finds here.
        decoder.hw_device_ctx(avutil.av_buffer_ref(context));
    }

    /**
     * Copies a picture that lies in a device into memory; others stay as they are.
     *
     * @return whether it lay in a device
     */
    static boolean download(AVFrame frame, String name) {
        if (frame.hw_frames_ctx() == null) {
            return false;
        }
        AVFrame copy = Av.allocated(avutil.av_frame_alloc(), name);
        try {
            int code = avutil.av_hwframe_transfer_data(copy, frame, 0);
            if (code < 0) {
                // It may be lost: whoever comes next opens it anew. What others hold of it stays.
                OPEN.clear();
            }
            Av.check(code, name + ": copying a picture from its decoder");
            Av.check(avutil.av_frame_copy_props(copy, frame), name);
            avutil.av_frame_unref(frame);
            avutil.av_frame_move_ref(frame, copy);
            // In a device only what lies at the right and at the bottom can be cut off.
            avutil.av_frame_apply_cropping(frame, avutil.AV_FRAME_CROP_UNALIGNED);
        } finally {
            avutil.av_frame_free(copy);
        }
        return true;
    }
}
