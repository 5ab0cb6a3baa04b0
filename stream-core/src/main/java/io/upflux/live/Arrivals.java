package io.upflux.live;

import io.upflux.frame.VideoFrame;

/** Is told of the frames of a live source, on the thread that reads it. */
public interface Arrivals {
    /** Nobody. */
    Arrivals UNHEARD = new Arrivals() {
        @Override
        public void arrived(VideoFrame frame, long due) {}

        @Override
        public void lost(VideoFrame frame) {}
    };

    /**
     * A frame is there.
     *
     * @param frame borrowed
     * @param due when its time has come, in nanoseconds of the clock that the governor reads, too
     */
    void arrived(VideoFrame frame, long due);

    /** A frame that had arrived is given up, because newer ones were there. */
    void lost(VideoFrame frame);
}
