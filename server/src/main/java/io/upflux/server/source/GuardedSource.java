package io.upflux.server.source;

import java.util.Map;

/**
 * A source that was checked, as FFmpeg is to open it. To be closed when FFmpeg has closed it.
 *
 * @param url what to open instead of what was asked for
 * @param demuxerOptions all options to open it with; without them nothing holds FFmpeg to what was checked
 * @param release what the source needed as long as it was open
 */
public record GuardedSource(String url, Map<String, String> demuxerOptions, Runnable release) implements AutoCloseable {
    public GuardedSource {
        demuxerOptions = Map.copyOf(demuxerOptions);
    }

    @Override
    public void close() {
        release.run();
    }
}
