package io.upflux.codecs.relay;

import static org.bytedeco.ffmpeg.global.avutil.*;

import io.upflux.codecs.ffmpeg.Av;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.bytedeco.ffmpeg.avutil.AVContentLightMetadata;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.avutil.AVMasteringDisplayMetadata;
import org.bytedeco.javacpp.Loader;

/** HDR metadata that hold for a whole stream, in a header: numbers as FFmpeg, the same at both ends, lays them out. */
final class HdrFields {
    private static final int[] TYPES = {AV_FRAME_DATA_MASTERING_DISPLAY_METADATA, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL};
    private static final int[] SIZES = {
        Loader.sizeof(AVMasteringDisplayMetadata.class), Loader.sizeof(AVContentLightMetadata.class)
    };

    private HdrFields() {}

    /** @param first picture */
    static void write(AVFrame first, DataOutput out) throws IOException {
        for (int i = 0; i < TYPES.length; i++) {
            AVFrameSideData data = av_frame_get_side_data(first, TYPES[i]);
            boolean there = data != null && !data.isNull() && data.size() >= SIZES[i];
            out.writeBoolean(there);
            if (there) {
                byte[] bytes = new byte[SIZES[i]];
                data.data().get(bytes);
                out.write(bytes);
            }
        }
    }

    /** @param first gets them */
    static void read(DataInput in, AVFrame first) throws IOException {
        for (int i = 0; i < TYPES.length; i++) {
            if (in.readBoolean()) {
                byte[] bytes = new byte[SIZES[i]];
                in.readFully(bytes);
                Av.allocated(av_frame_new_side_data(first, TYPES[i], bytes.length), "HDR metadata")
                        .data()
                        .put(bytes);
            }
        }
    }
}
