package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_new;
import static org.bytedeco.ffmpeg.global.avutil.av_display_rotation_set;

import io.upflux.codecs.ffmpeg.Av;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/** The turn that players give a picture (ISO 14496-12, track header matrix). */
final class DisplayMatrix {
    private static final int BYTES = 9 * Integer.BYTES;

    private DisplayMatrix() {}

    /** @param degrees counter-clockwise */
    static void rotate(AVCodecParameters parameters, int degrees) {
        try (PointerPointer<AVPacketSideData> list = new PointerPointer<>(1);
                IntPointer count = new IntPointer(1)) {
            list.put(0, parameters.coded_side_data());
            count.put(parameters.nb_coded_side_data());
            AVPacketSideData entry = Av.allocated(
                    av_packet_side_data_new(list, count, AV_PKT_DATA_DISPLAYMATRIX, BYTES, 0), "display matrix");
            // FFmpeg's function turns clockwise.
            av_display_rotation_set(new IntPointer(entry.data()), -degrees);
            parameters.coded_side_data(new AVPacketSideData(list.get(0)));
            parameters.nb_coded_side_data(count.get());
        }
    }
}
