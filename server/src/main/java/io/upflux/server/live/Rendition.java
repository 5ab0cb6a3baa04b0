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

    /**
     * @param fragments told of each fragment
     * @param leaving run for each frame that its encoder is too slow for
     */
    Rendition(String stream, RenditionConfig config, Consumer<Fragment> fragments, Runnable leaving, Notices notices) {
        this.title = stream + "/" + config.name();
        this.config = config;
        this.output = LiveOutput.create(title, config.live(), fragments, notices);
        this.notices = notices;
        this.leaving = leaving;
    }

    /** Whether there is one of such a source. */
    boolean isFor(LiveInput source) {
        return config.when()
                .holds(source.format().height(), source.format().frameRate().toDouble());
    }

    String name() {
        return config.name();
    }

    FrameSink sink(LiveInput source) {
        return new SidelineSink(title, output.sink(source), notices, leaving);
    }

    @Override
    public void close() {
        output.close();
    }
}
