package io.upflux.server.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.codecs.LiveOptions;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.Halting;
import io.upflux.pipeline.StreamException;
import io.upflux.reuse.ReuseMode;
import io.upflux.server.source.SourceGuard;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Settings of one stream.
 *
 * @param name letters, digits, dots, dashes and underscores
 * @param source a path, or any URL that FFmpeg reads; files are looped; {@link #PUBLISHER} when somebody sends it
 * @param listen whether it waits at its source's address for somebody who sends, one at a time
 * @param sourceOptions for FFmpeg's demuxer and protocol, by their names
 * @param model name as {@code upflux models} lists it, or an .onnx file; null for the best of the scale
 * @param scale null for the model's
 * @param models instead, for sources of some kind; the first that holds counts
 * @param isolation where its source is decoded; null for what its kind takes, see {@link #isolated}
 * @param hwaccel device that decodes it where it can, as FFmpeg calls it; null for the processor
 * @param limits what of a source is taken
 * @param device what the model runs on
 * @param threads of inference and encoding, 0 for all processors
 * @param reuse how much a frame may be made from those before it
 * @param halting whether windows may leave the network early
 * @param guard whether pictures that come out spoilt are looked for
 * @param governor whether frames that would come late are made in a cheaper way
 * @param latency how long after it is due a frame may come
 * @param live how it is encoded and cut
 * @param renditions further outputs
 * @param onDemand whether it only runs while somebody watches, if it is not sent on or recorded
 * @param closeAfter how long it goes on when nobody does
 * @param push URLs of servers it is sent to
 * @param record how it is recorded; null for not at all
 * @param settings what was written of it, without what comes from the defaults
 * @param guarded whether its source came by request, and is read only as {@code allowedSources} says
 * @param ephemeral whether there is only such a stream while somebody sends or watches it
 */
public record StreamConfig(
        String name,
        String source,
        boolean listen,
        Map<String, String> sourceOptions,
        @Nullable String model,
        @Nullable Integer scale,
        List<ModelRule> models,
        @Nullable Isolation isolation,
        @Nullable String hwaccel,
        LimitsConfig limits,
        Device device,
        int threads,
        ReuseMode reuse,
        Halting halting,
        boolean guard,
        boolean governor,
        Duration latency,
        LiveOptions live,
        List<RenditionConfig> renditions,
        boolean onDemand,
        Duration closeAfter,
        List<String> push,
        @Nullable RecordConfig record,
        ObjectNode settings,
        boolean guarded,
        boolean ephemeral) {
    /** The source of streams that are sent to the server. */
    public static final String PUBLISHER = "publisher";

    public StreamConfig {
        sourceOptions = Map.copyOf(sourceOptions);
        models = List.copyOf(models);
        renditions = List.copyOf(renditions);
        push = List.copyOf(push);
        settings = settings.deepCopy();
    }

    /** Its name alone: addresses and options may hold secrets. */
    @Override
    public String toString() {
        return "StreamConfig[" + name + "]";
    }

    /**
     * Looks whether there are the models that it names, without opening them.
     *
     * @throws StreamException in one line that names the key, when none is called so, enlarges so, or lets windows halt so
     */
    public void check(Catalogue catalogue) {
        for (int i = 0; i < models.size(); i++) {
            ModelRule rule = models.get(i);
            check(catalogue, "models[" + i + "].model", rule.model(), rule.scale());
        }
        check(catalogue, "model", model, scale);
    }

    private void check(Catalogue catalogue, String key, @Nullable String named, @Nullable Integer enlarging) {
        try {
            catalogue.requireHalting(catalogue.findForStream(named, enlarging), halting);
        } catch (StreamException e) {
            throw new StreamException(key + ": " + e.getMessage(), e);
        }
    }

    /** As this one with another model, whatever the source. */
    public StreamConfig withModel(@Nullable String newModel, @Nullable Integer newScale) {
        return like(name, source, newModel, newScale, List.of(), push, record, guarded, ephemeral);
    }

    /** As this one, its source come by request. */
    StreamConfig guardedSource() {
        return like(name, source, model, scale, models, push, record, true, ephemeral);
    }

    /** As this one, ephemeral and of another name, which stands where its addresses and its folder of recordings say {@code mark}. */
    StreamConfig named(String newName, String mark) {
        return like(
                newName,
                source.replace(mark, newName),
                model,
                scale,
                models,
                push.stream().map(url -> url.replace(mark, newName)).toList(),
                record == null ? null : record.in(record.folder().replace(mark, newName)),
                guarded,
                true);
    }

    /** With all that is not said of this one. */
    private StreamConfig like(
            String newName,
            String newSource,
            @Nullable String newModel,
            @Nullable Integer newScale,
            List<ModelRule> newModels,
            List<String> newPush,
            @Nullable RecordConfig newRecord,
            boolean newGuarded,
            boolean newEphemeral) {
        return new StreamConfig(
                newName,
                newSource,
                listen,
                sourceOptions,
                newModel,
                newScale,
                newModels,
                isolation,
                hwaccel,
                limits,
                device,
                threads,
                reuse,
                halting,
                guard,
                governor,
                latency,
                live,
                renditions,
                onDemand,
                closeAfter,
                newPush,
                newRecord,
                settings,
                newGuarded,
                newEphemeral);
    }

    /** Whether a stream that runs by these settings can go on by others, and need not start again. */
    public boolean runsAs(StreamConfig other) {
        return name.equals(other.name)
                && source.equals(other.source)
                && listen == other.listen
                && sourceOptions.equals(other.sourceOptions)
                && Objects.equals(model, other.model)
                && Objects.equals(scale, other.scale)
                && models.equals(other.models)
                && isolation == other.isolation
                && Objects.equals(hwaccel, other.hwaccel)
                && limits.equals(other.limits)
                && device.equals(other.device)
                && threads == other.threads
                && reuse == other.reuse
                && halting.equals(other.halting)
                && guard == other.guard
                && governor == other.governor
                && latency.equals(other.latency)
                && live.equals(other.live)
                && renditions.equals(other.renditions)
                && guarded == other.guarded
                && ephemeral == other.ephemeral;
    }

    /**
     * Whether its source is decoded in a process of its own: unless it says otherwise, what comes over a network or by request
     * is, and what lies in files that the configuration names is not.
     */
    public boolean isolated() {
        return isolation == null ? guarded || isPublished() || listen || !isFile() : isolation == Isolation.PROCESS;
    }

    /** Whether its source is a file, or what looks like one. */
    public boolean isFile() {
        return !SourceGuard.isUrl(source) || source.regionMatches(true, 0, "file:", 0, 5);
    }

    /** Whether it runs though nobody watches; what is ephemeral does not stay for being recorded or sent on. */
    public boolean always() {
        return !onDemand || (!ephemeral && (record != null || !push.isEmpty()));
    }

    /** Whether it is sent to the server, instead of being fetched. */
    public boolean isPublished() {
        return source.equals(PUBLISHER);
    }
}
