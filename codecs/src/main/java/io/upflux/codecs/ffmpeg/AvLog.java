package io.upflux.codecs.ffmpeg;

import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** FFmpeg's process-wide log, kept off standard error: users get the pipeline's own lines, developers this one. */
final class AvLog extends LogCallback {
    private static final Logger LOG = LoggerFactory.getLogger("io.upflux.codecs.ffmpeg");

    /** Lives as long as the process: FFmpeg's threads may log at any time. */
    private static final AvLog INSTANCE = new AvLog();

    private AvLog() {}

    static void install() {
        avutil.av_log_set_level(LOG.isDebugEnabled() ? avutil.AV_LOG_INFO : avutil.AV_LOG_FATAL);
        avutil.setLogCallback(INSTANCE);
    }

    @Override
    public void call(int level, BytePointer text) {
        if (LOG.isDebugEnabled() && text != null) {
            LOG.debug(text.getString(StandardCharsets.UTF_8).strip());
        }
    }
}
