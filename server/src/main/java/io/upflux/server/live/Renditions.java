package io.upflux.server.live;

import io.upflux.buffer.Closer;
import io.upflux.codecs.Fragment;
import io.upflux.codecs.LiveInput;
import io.upflux.codecs.LiveOutput;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import io.upflux.server.config.RenditionConfig;
import io.upflux.server.config.StreamConfig;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** All that a stream is encoded as while it runs: its own output and further ones, each once. One thread. */
final class Renditions implements AutoCloseable {
    private final LiveOutput main;
    private final List<Rendition> further = new ArrayList<>();
    private final Consumer<Set<String>> present;

    /**
     * @param present told which of the further ones there are of a source, before it is read
     * @param fragments told of each fragment of the stream's own output
     * @param others told of each fragment of another, and its name; on a thread of its own
     * @param leaving told of each frame that the encoder of one of them is too slow for, by its name
     * @param failing told of each failure of one of them, by its name and in a line
     */
    Renditions(
            StreamConfig config,
            Consumer<Set<String>> present,
            Consumer<Fragment> fragments,
            BiConsumer<String, Fragment> others,
            Consumer<String> leaving,
            BiConsumer<String, String> failing,
            Notices notices) {
        this.present = present;
        main = LiveOutput.create(config.name(), config.live(), fragments, notices);
        for (RenditionConfig rendition : config.renditions()) {
            String name = rendition.name();
            further.add(new Rendition(
                    config.name(),
                    rendition,
                    fragment -> others.accept(name, fragment),
                    () -> leaving.accept(name),
                    line -> failing.accept(name, line),
                    notices));
        }
    }

    /** A sink for what comes from a source, in all renditions that are for it; as {@link LiveOutput#sink}. */
    FrameSink sink(LiveInput source) {
        List<FrameSink> sinks = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (Rendition rendition : further) {
            if (rendition.isFor(source)) {
                sinks.add(rendition.sink(source, main));
                names.add(rendition.name());
            }
        }
        present.accept(names);
        sinks.add(main.sink(source));
        return sinks.size() == 1 ? sinks.get(0) : new SharedSink(sinks);
    }

    @Override
    public void close() {
        try (Closer closer = new Closer()) {
            closer.own(main);
            further.forEach(closer::own);
        }
    }
}
