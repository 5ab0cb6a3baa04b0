package io.upflux.codecs;

import io.upflux.codecs.output.RemuxedOutput;
import io.upflux.pipeline.StreamException;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/** Sends or stores an encoded stream in another container, packet by packet as it comes, without encoding its pictures again. */
public final class Remux implements AutoCloseable {
    private final RemuxedOutput output;

    private Remux(RemuxedOutput output) {
        this.output = output;
    }

    /**
     * Opens an output; blocks until the stream's header has come and the other side has answered.
     *
     * @param name of the output, for messages
     * @param movie {@link Fragment}s one after the other: their MP4 form behind its header, or their MPEG-TS form; closed
     *     with this, also on failure
     * @param location path of a file that does not exist yet, or URL that takes a stream
     * @param format FFmpeg's name of the container; null to go by the location
     * @throws StreamException when the output cannot be made, in one line that says why
     */
    public static Remux open(String name, ReadableByteChannel movie, String location, @Nullable String format) {
        return new Remux(new RemuxedOutput(name, movie, location, format));
    }

    /**
     * Copies until the movie ends. Blocks.
     *
     * @throws StreamException when the output takes no more, or its thread was interrupted
     */
    public void run() {
        output.run();
    }

    /** Ends the output. A file appears under its name with all that was copied; without anything there is none. */
    @Override
    public void close() {
        output.close();
    }
}
