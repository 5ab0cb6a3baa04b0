package io.upflux.codecs;

import io.upflux.codecs.output.FragmentOutput;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Encodes a live stream once and cuts it into {@link Fragment}s in memory.
 *
 * <p>The stream may come from one source after the other, each written to a sink of its own. Output time goes on without
 * a gap from one to the next, and the size of the pictures stays what the first one made it.
 */
public final class LiveOutput implements AutoCloseable {
    private final FragmentOutput output;

    private LiveOutput(FragmentOutput output) {
        this.output = output;
    }

    /**
     * @param name for messages
     * @param fragments told of every fragment, in order, on the thread that writes; what it throws ends the stream
     */
    public static LiveOutput create(String name, LiveOptions options, Consumer<Fragment> fragments, Notices notices) {
        return new LiveOutput(new FragmentOutput(name, options, fragments, notices));
    }

    /** Goes on where another output of the same stream is, which had sources that this one had not. While neither has a sink. */
    public void catchUp(LiveOutput other) {
        output.catchUp(other.output);
    }

    /**
     * A sink for what comes from {@code source}: its pictures, upscaled, and its first sound track. To be closed before
     * the next one is opened, and before the source. Several outputs may have one for the same source.
     */
    public FrameSink sink(LiveInput source) {
        return sinks(source).get();
    }

    /**
     * As {@link #sink}, where one that fails is to be followed by another of the same source: each is asked for when the one
     * before is closed, and leaves out what came meanwhile.
     */
    public Supplier<FrameSink> sinks(LiveInput source) {
        return output.sinks(source.sharedCarriage(), source.format().height());
    }

    /** Frees the containers. To be called when no sink is open. */
    @Override
    public void close() {
        output.close();
    }
}
