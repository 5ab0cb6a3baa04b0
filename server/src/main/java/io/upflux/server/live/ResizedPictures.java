package io.upflux.server.live;

import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Flaws;
import io.upflux.pipeline.Notices;

/** Of a live stream: a picture that stays spoilt is resized, and counted. What is wrong is said once a session. */
final class ResizedPictures implements Flaws {
    private final StreamCounters counters;
    private final Notices notices;
    private boolean said;

    ResizedPictures(StreamCounters counters, Notices notices) {
        this.counters = counters;
        this.notices = notices;
    }

    @Override
    public void mended(String line) {
        counters.spoilt();
        say(line);
    }

    @Override
    public boolean spoilt(String line, VideoFrame source, VideoFrame upscaled) {
        counters.spoilt();
        say(line + ", also when computed again; it is resized instead, as will be others");
        return true;
    }

    private void say(String line) {
        if (!said) {
            said = true;
            notices.warning(line);
        }
    }
}
