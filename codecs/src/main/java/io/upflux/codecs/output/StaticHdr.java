package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avutil.*;

import io.upflux.codecs.ffmpeg.Av;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * HDR side data that holds for a whole stream: mastering display (SMPTE ST 2086) and content light level (CTA-861.3).
 *
 * @param entries side data of the first decoded frame, not owned
 */
record StaticHdr(List<AVFrameSideData> entries) {
    private static final Set<Integer> TYPES =
            Set.of(AV_FRAME_DATA_MASTERING_DISPLAY_METADATA, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL);

    static final StaticHdr NONE = new StaticHdr(List.of());

    static StaticHdr of(AVFrame frame) {
        List<AVFrameSideData> entries = new ArrayList<>();
        for (int i = 0; i < frame.nb_side_data(); i++) {
            AVFrameSideData entry = frame.side_data(i);
            if (TYPES.contains(entry.type())) {
                entries.add(entry);
            }
        }
        return new StaticHdr(entries);
    }

    /** Gives an encoder, before it opens, copies of the data; libavcodec also passes them on to the container. */
    void attachTo(AVCodecContext context) {
        // JavaCPP passes this pointer by reference: it is the array that the function grows, not a place for it.
        PointerPointer<AVFrameSideData> array = new PointerPointer<>((Pointer) null);
        try (IntPointer count = new IntPointer(1)) {
            count.put(0);
            for (AVFrameSideData entry : entries) {
                Av.check(av_frame_side_data_clone(array, count, entry, 0), "copying HDR metadata");
            }
            if (count.get() > 0) {
                context.decoded_side_data(array);
                context.nb_decoded_side_data(count.get());
            }
        }
    }
}
