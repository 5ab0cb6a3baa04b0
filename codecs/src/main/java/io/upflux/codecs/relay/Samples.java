package io.upflux.codecs.relay;

import io.upflux.frame.FrameFormat;

/** The samples of a picture, the rows of one plane after the other, without gaps. */
final class Samples {
    private Samples() {}

    /** How many bytes they are. */
    static int bytes(FrameFormat format) {
        long bytes = 0;
        for (int i = 0; i < format.layout().planes(); i++) {
            bytes += (long) format.planeWidth(i)
                    * format.planeHeight(i)
                    * format.layout().bytesPerSample();
        }
        return Math.toIntExact(bytes);
    }
}
