package io.upflux.server.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.codecs.LiveOptions;
import io.upflux.models.Device;
import io.upflux.reuse.ReuseMode;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of one stream.
 *
 * @param name letters, digits, dots, dashes and underscores
 * @param source a path, or any URL that FFmpeg reads; files are looped; {@link #PUBLISHER} when somebody sends it
 * @param sourceOptions for FFmpeg's demuxer and protocol, by their names
 * @param model name as {@code upflux models} lists it, or an .onnx file; null for the best of the scale
 * @param scale null for the model's
 * @param device what the model runs on
 * @param threads of inference and encoding, 0 for all processors
 * @param reuse how much a frame may be made from those before it
 * @param governor whether frames that would come late are made in a cheaper way
 * @param latency how long after it is due a frame may come
 * @param live how it is encoded and cut
 * @param onDemand whether it only runs while somebody watches
 * @param closeAfter how long it goes on when nobody does
 * @param settings what was written of it, without what comes from the defaults
 * @param guarded whether its source came by request, and is read only as {@code allowedSources} says
 */
public record StreamConfig(
        String name,
        String source,
        Map<String, String> sourceOptions,
        @Nullable String model,
        @Nullable Integer scale,
        Device device,
        int threads,
        ReuseMode reuse,
        boolean governor,
        Duration latency,
        LiveOptions live,
        boolean onDemand,
        Duration closeAfter,
        ObjectNode settings,
        boolean guarded) {
    /** The source of streams that are sent to the server. */
    public static final String PUBLISHER = "publisher";

    public StreamConfig {
        sourceOptions = Map.copyOf(sourceOptions);
        settings = settings.deepCopy();
    }

    /** Whether a stream that runs by these settings can go on by others, and need not start again. */
    public boolean runsAs(StreamConfig other) {
        return equals(new StreamConfig(
                other.name,
                other.source,
                other.sourceOptions,
                other.model,
                other.scale,
                other.device,
                other.threads,
                other.reuse,
                other.governor,
                other.latency,
                other.live,
                onDemand,
                closeAfter,
                settings,
                other.guarded));
    }

    /** As this one, its source come by request. */
    StreamConfig guardedSource() {
        return new StreamConfig(
                name,
                source,
                sourceOptions,
                model,
                scale,
                device,
                threads,
                reuse,
                governor,
                latency,
                live,
                onDemand,
                closeAfter,
                settings,
                true);
    }

    /** Whether it is sent to the server, instead of being fetched. */
    public boolean isPublished() {
        return source.equals(PUBLISHER);
    }
}
