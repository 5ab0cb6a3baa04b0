package io.upflux.server.live;

import io.upflux.codecs.Fragment;
import io.upflux.codecs.LiveInput;
import io.upflux.codecs.LiveOutput;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import io.upflux.server.config.RenditionConfig;
import java.util.function.Consumer;

/** One more output of a stream while the stream runs. */
final class Rendition implements AutoCloseable {
    private final String title;
    private final RenditionConfig config;
    private final LiveOutput output;
    private final Notices notices;
    private final Runnable leaving;
    private final Consumer<String> failing;

    /**
     * @param fragments told of each fragment
     * @param leaving run for each frame that its encoder is too slow for
     * @param failing told in a line whenever it fails
     */
    Rendition(
            String stream,
            RenditionConfig config,
            Consumer<Fragment> fragments,
            Runnable leaving,
            Consumer<String> failing,
            Notices notices) {
        this.title = stream + "/" + config.name();
        this.config = config;
        this.output = LiveOutput.create(title, config.live(), fragments, notices);
        this.notices = notices;
        this.leaving = leaving;
        this.failing = failing;
    }

    /** Whether there is one of such a source. */
    boolean isFor(LiveInput source) {
        return config.when()
                .holds(source.format().height(), source.format().frameRate().toDouble());
    }

    String name() {
        return config.name();
    }

    /** @param main the stream's own output: what is shown at one time has one time stamp everywhere (RFC 8216, section 6.2.4) */
    FrameSink sink(LiveInput source, LiveOutput main) {
        output.catchUp(main);
        return new SidelineSink(title, output.sinks(source), notices, leaving, failing);
    }

    @Override
    public void close() {
        output.close();
    }
}
