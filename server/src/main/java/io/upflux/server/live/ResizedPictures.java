package io.upflux.server.live;

import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Flaws;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.IOException;

/** Of a live stream: a picture that stays spoilt is resized, counted and kept. What is wrong is said once a session. */
final class ResizedPictures implements Flaws {
    private final StreamCounters counters;
    private final SpoiltPair latest;
    private final Notices notices;
    private boolean said;

    /** @param latest gets the pictures */
    ResizedPictures(StreamCounters counters, SpoiltPair latest, Notices notices) {
        this.counters = counters;
        this.latest = latest;
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
        String kept = "";
        try {
            latest.keep(source, upscaled);
        } catch (IOException | StreamException e) {
            kept = ", and could not be kept: " + e.getMessage();
        }
        say(line + ", also when computed again" + kept + "; it is resized instead, as will be others");
        return true;
    }

    private void say(String line) {
        if (!said) {
            said = true;
            notices.warning(line);
        }
    }
}
