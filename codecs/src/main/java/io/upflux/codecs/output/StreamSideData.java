package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.codecs.ffmpeg.DisplayMatrix;
import io.upflux.pipeline.Notices;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** What a container says about the pictures of a stream beside its codec parameters. */
final class StreamSideData {
    /** Where the viewer stands and what surrounds the screen; unchanged by upscaling. */
    private static final List<Integer> KEPT =
            List.of(AV_PKT_DATA_SPHERICAL, AV_PKT_DATA_STEREO3D, AV_PKT_DATA_AMBIENT_VIEWING_ENVIRONMENT);

    private StreamSideData() {}

    /** Says what else there is, also beside the first picture: that belongs to the old pictures. */
    static void copy(Carriage input, AVCodecParameters to, Notices notices) {
        AVCodecParameters from = input.input().streams(input.videoStream()).codecpar();
        for (int i = 0; i < from.nb_coded_side_data(); i++) {
            AVPacketSideData entry = from.coded_side_data().getPointer(i);
            if (KEPT.contains(entry.type())) {
                Pointer.memcpy(add(to, entry.type(), entry.size()).data(), entry.data(), entry.size());
            } else if (entry.type() == AV_PKT_DATA_DOVI_CONF) {
                notices.warning("Dolby Vision metadata is dropped: it belongs to the old pictures; the base layer's"
                        + " HDR stays");
            }
        }
        if (has(input.firstFrame(), AV_FRAME_DATA_DYNAMIC_HDR_PLUS)) {
            notices.warning("HDR10+ metadata is dropped: it belongs to the old pictures; the HDR10 below it stays");
        }
        if (has(input.firstFrame(), AV_FRAME_DATA_A53_CC)) {
            notices.warning("closed captions inside the video are dropped");
        }
    }

    private static boolean has(AVFrame frame, int type) {
        AVFrameSideData entry = av_frame_get_side_data(frame, type);
        return entry != null && !entry.isNull();
    }

    /** The turn and flip that players give a picture; nothing for the identity. */
    static void turn(AVCodecParameters parameters, DisplayMatrix matrix) {
        if (!matrix.equals(DisplayMatrix.IDENTITY)) {
            matrix.write(add(parameters, AV_PKT_DATA_DISPLAYMATRIX, DisplayMatrix.BYTES)
                    .data());
        }
    }

    private static AVPacketSideData add(AVCodecParameters parameters, int type, long size) {
        try (PointerPointer<AVPacketSideData> list = new PointerPointer<>(1);
                IntPointer count = new IntPointer(1)) {
            list.put(0, parameters.coded_side_data());
            count.put(parameters.nb_coded_side_data());
            AVPacketSideData entry = Av.allocated(av_packet_side_data_new(list, count, type, size, 0), "side data");
            parameters.coded_side_data(new AVPacketSideData(list.get(0)));
            parameters.nb_coded_side_data(count.get());
            return entry;
        }
    }
}
