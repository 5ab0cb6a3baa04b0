package io.upflux.server.live;

import io.upflux.buffer.Closer;
import io.upflux.frame.FrameFormat;
import io.upflux.server.config.ModelRule;
import io.upflux.server.config.StreamConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The ladders of one stream, one for each model that its rules may choose, open until this is closed. One thread, but for
 * {@link #current}.
 */
final class Ladders implements AutoCloseable {
    private final StreamConfig config;
    private final Function<StreamConfig, Ladder> opener;
    private final Map<StreamConfig, Ladder> opened = new LinkedHashMap<>();
    private volatile String current = "";

    /** @param opener opens the ladder down from the model that a configuration names */
    Ladders(StreamConfig config, Function<StreamConfig, Ladder> opener) {
        this.config = config;
        this.opener = opener;
    }

    /** Name of the best model of the ladder that was asked for last; empty before. Any thread. */
    String current() {
        return current;
    }

    /** Opens all, so that no source will wait for one. */
    void open() {
        config.models().forEach(this::named);
        usual();
    }

    /** The ladder for sources of which no rule speaks. */
    private Ladder usual() {
        return named(config);
    }

    /** The ladder for a source: that of the first rule which holds. */
    Ladder of(FrameFormat source) {
        for (ModelRule rule : config.models()) {
            if (rule.when().holds(source.height(), source.frameRate().toDouble())) {
                return named(rule);
            }
        }
        return usual();
    }

    private Ladder named(ModelRule rule) {
        return named(config.withModel(rule.model(), rule.scale()));
    }

    private Ladder named(StreamConfig wanted) {
        Ladder ladder = opened.computeIfAbsent(wanted, opener);
        current = ladder.best().traits().name();
        return ladder;
    }

    /** Closes all; those asked for later are opened afresh. */
    @Override
    public void close() {
        try (Closer closer = new Closer()) {
            opened.values().forEach(closer::own);
        } finally {
            opened.clear();
        }
    }
}
