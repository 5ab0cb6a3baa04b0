package io.upflux.server.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.pipeline.StreamException;
import io.upflux.server.source.AllowedSources;
import io.upflux.server.source.SourceRefused;
import java.util.Map;

/**
 * Settings of streams that come by request while the server runs. They have the keys of the file and its defaults, but reach
 * only what the configuration lets requests reach: sources that it allows, models by their names, and no options that would
 * have FFmpeg read or write something else.
 */
public final class StreamRequests {
    static final String NAMES = "a stream's name has " + StreamSettings.NAMED;

    private static final String NAME = "name";

    private final ObjectNode defaults;
    private final LimitsConfig limits;
    private final AllowedSources allowed;

    StreamRequests(ObjectNode defaults, LimitsConfig limits, AllowedSources allowed) {
        this.defaults = defaults;
        this.limits = limits;
        this.allowed = allowed;
    }

    /**
     * A stream that says its own name.
     *
     * @throws StreamException in one line that names the key, when something is wrong
     * @throws SourceRefused when it may not be
     */
    public StreamConfig create(ObjectNode said) {
        String name = new Settings("", said).text(NAME);
        if (name == null) {
            throw new StreamException("name: is missing: what the stream shall be called");
        }
        return create(name, said);
    }

    /** As {@link #create(ObjectNode)}, of the name given. */
    public StreamConfig create(String name, ObjectNode said) {
        if (!StreamSettings.isName(name)) {
            throw new StreamException("name: " + NAMES + ", not " + name);
        }
        if (name.equals(StreamTemplate.KEY)) {
            throw new SourceRefused("name: only the configuration can say how all others are made");
        }
        check(said);
        return read(name, said).guardedSource();
    }

    /** As {@link #create(ObjectNode)}, of a stream with some settings changed, as RFC 7396 merges them. */
    public StreamConfig change(StreamConfig stream, ObjectNode patch) {
        check(patch);
        ObjectNode merged = stream.settings().deepCopy();
        merge(merged, patch);
        StreamConfig changed = read(stream.name(), merged);
        return stream.guarded() || patch.has("source") ? changed.guardedSource() : changed;
    }

    private StreamConfig read(String name, ObjectNode said) {
        ObjectNode own = said.deepCopy();
        JsonNode repeated = own.remove(NAME);
        if (repeated != null && !repeated.asText().equals(name)) {
            throw new StreamException("name: a stream keeps its name " + name);
        }
        return new StreamSettings(new Settings("", own), new Settings("streamDefaults.", defaults), limits).read(name);
    }

    /** Only what is said now: what the configuration says of the stream stays allowed. */
    private void check(ObjectNode said) {
        Settings settings = new Settings("", said);
        String source = settings.text("source");
        if (source != null && !source.equals(StreamConfig.PUBLISHER)) {
            allowed.check(source);
        }
        if (Boolean.TRUE.equals(settings.flag("listen"))) {
            throw new SourceRefused("listen: only the configuration can open ports");
        }
        if (settings.text("isolation") != null) {
            throw new SourceRefused("isolation: only the configuration can say where a source is decoded");
        }
        if (settings.text("hwaccel") != null) {
            throw new SourceRefused("hwaccel: only the configuration can name devices that decode");
        }
        settings.texts("sourceOptions").keySet().forEach(AllowedSources::checkOption);
        if (!settings.list("push").isEmpty()) {
            throw new SourceRefused("push: only the configuration can say where a stream is sent");
        }
        if (settings.child("record") != null) {
            throw new SourceRefused("record: only the configuration can say where a stream is recorded");
        }
        checkModel(settings);
        settings.mappings("models").forEach(StreamRequests::checkModel);
        checkEncoder(settings);
        settings.mappings("renditions").forEach(StreamRequests::checkEncoder);
    }

    private static void checkEncoder(Settings settings) {
        if (settings.child("encoderOptions") != null) {
            throw new SourceRefused("encoderOptions: only the configuration can set them");
        }
    }

    static void checkModel(Settings settings) {
        String model = settings.text("model");
        if (model != null && (model.endsWith(".onnx") || model.contains("/") || model.contains("\\"))) {
            throw new SourceRefused("model: by request, models go by their names, not " + model);
        }
    }

    private static void merge(ObjectNode target, ObjectNode patch) {
        for (Map.Entry<String, JsonNode> change : patch.properties()) {
            JsonNode value = change.getValue();
            if (value.isNull()) {
                target.remove(change.getKey());
            } else if (value instanceof ObjectNode inner) {
                ObjectNode below = target.get(change.getKey()) instanceof ObjectNode there
                        ? there
                        : target.putObject(change.getKey());
                merge(below, inner);
            } else {
                target.set(change.getKey(), value.deepCopy());
            }
        }
    }
}
