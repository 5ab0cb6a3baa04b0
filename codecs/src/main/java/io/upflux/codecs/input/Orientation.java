package io.upflux.codecs.input;

import io.upflux.codecs.ffmpeg.DisplayMatrix;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * How a player shall turn the picture, from a stream's display matrix.
 *
 * @param filters the FFmpeg filters that do it to the pixels, none when there is nothing to do
 */
record Orientation(DisplayMatrix matrix, List<String> filters) {
    /** As a frame says (still pictures, H.264 messages), else as its stream says. */
    static Orientation of(AVFrame frame, AVCodecParameters parameters) {
        AVFrameSideData data = avutil.av_frame_get_side_data(frame, avutil.AV_FRAME_DATA_DISPLAYMATRIX);
        return data == null || data.isNull() || data.size() < DisplayMatrix.BYTES
                ? of(parameters)
                : of(DisplayMatrix.read(data.data(), data.size()));
    }

    static Orientation of(AVCodecParameters parameters) {
        AVPacketSideData data = avcodec.av_packet_side_data_get(
                parameters.coded_side_data(), parameters.nb_coded_side_data(), avcodec.AV_PKT_DATA_DISPLAYMATRIX);
        return of(
                data == null || data.isNull() ? DisplayMatrix.IDENTITY : DisplayMatrix.read(data.data(), data.size()));
    }

    private static Orientation of(DisplayMatrix matrix) {
        List<String> filters = new ArrayList<>();
        switch (matrix.degrees()) {
            case 270 -> filters.add(matrix.c() > 0 ? "transpose=cclock_flip" : "transpose=clock");
            case 90 -> filters.add(matrix.c() < 0 ? "transpose=clock_flip" : "transpose=cclock");
            case 180 -> {
                if (matrix.a() < 0) {
                    filters.add("hflip");
                }
                if (matrix.d() < 0) {
                    filters.add("vflip");
                }
            }
            case 0 -> {
                if (matrix.d() < 0) {
                    filters.add("vflip");
                }
            }
            default -> {
                // Any other angle would need corners that do not exist.
            }
        }
        return new Orientation(matrix, List.copyOf(filters));
    }

    /** Counter-clockwise, 0 to 359. */
    int degrees() {
        return matrix.degrees();
    }

    /** Where chroma samples ({@code AVChromaLocation}) lie after {@link #filters}; unspecified where it has no name. */
    int turned(int location) {
        if (location == avutil.AVCHROMA_LOC_CENTER) {
            return location;
        }
        boolean clockwise = filters.equals(List.of("transpose=clock"));
        boolean counterClockwise = filters.equals(List.of("transpose=cclock"));
        return switch (location) {
            case avutil.AVCHROMA_LOC_LEFT ->
                clockwise
                        ? avutil.AVCHROMA_LOC_TOP
                        : counterClockwise ? avutil.AVCHROMA_LOC_BOTTOM : avutil.AVCHROMA_LOC_UNSPECIFIED;
            case avutil.AVCHROMA_LOC_TOP ->
                counterClockwise ? avutil.AVCHROMA_LOC_LEFT : avutil.AVCHROMA_LOC_UNSPECIFIED;
            case avutil.AVCHROMA_LOC_BOTTOM -> clockwise ? avutil.AVCHROMA_LOC_LEFT : avutil.AVCHROMA_LOC_UNSPECIFIED;
            case avutil.AVCHROMA_LOC_TOPLEFT ->
                counterClockwise ? avutil.AVCHROMA_LOC_BOTTOMLEFT : avutil.AVCHROMA_LOC_UNSPECIFIED;
            case avutil.AVCHROMA_LOC_BOTTOMLEFT ->
                clockwise ? avutil.AVCHROMA_LOC_TOPLEFT : avutil.AVCHROMA_LOC_UNSPECIFIED;
            default -> avutil.AVCHROMA_LOC_UNSPECIFIED;
        };
    }
}
