package io.upflux.codecs.input;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.IntPointer;

/**
 * How a player shall turn the picture, from a stream's display matrix (ISO/IEC 14496-12, 8.3.2).
 *
 * @param degrees counter-clockwise, 0 to 359
 * @param filters the FFmpeg filters that do it to the pixels, none when there is nothing to do
 */
record Orientation(int degrees, List<String> filters) {
    private static final int MATRIX_INTS = 9;

    /** As a frame says (still pictures, H.264 messages), else as its stream says. */
    static Orientation of(AVFrame frame, AVCodecParameters parameters) {
        AVFrameSideData data = avutil.av_frame_get_side_data(frame, avutil.AV_FRAME_DATA_DISPLAYMATRIX);
        return data == null || data.isNull() || data.size() < MATRIX_INTS * Integer.BYTES
                ? of(parameters)
                : of(new IntPointer(data.data()));
    }

    static Orientation of(AVCodecParameters parameters) {
        AVPacketSideData data = avcodec.av_packet_side_data_get(
                parameters.coded_side_data(), parameters.nb_coded_side_data(), avcodec.AV_PKT_DATA_DISPLAYMATRIX);
        return data == null || data.isNull() || data.size() < MATRIX_INTS * Integer.BYTES
                ? new Orientation(0, List.of())
                : of(new IntPointer(data.data()));
    }

    private static Orientation of(IntPointer matrix) {
        double counterClockwise = avutil.av_display_rotation_get(matrix);
        if (Double.isNaN(counterClockwise)) {
            return new Orientation(0, List.of());
        }
        int degrees = Math.floorMod(Math.round(counterClockwise), 360);
        List<String> filters = new ArrayList<>();
        switch (degrees) {
            case 270 -> filters.add(matrix.get(3) > 0 ? "transpose=cclock_flip" : "transpose=clock");
            case 90 -> filters.add(matrix.get(3) < 0 ? "transpose=clock_flip" : "transpose=cclock");
            case 180 -> {
                if (matrix.get(0) < 0) {
                    filters.add("hflip");
                }
                if (matrix.get(4) < 0) {
                    filters.add("vflip");
                }
            }
            case 0 -> {
                if (matrix.get(4) < 0) {
                    filters.add("vflip");
                }
            }
            default -> {
                // Any other angle would need corners that do not exist.
            }
        }
        return new Orientation(degrees, List.copyOf(filters));
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
