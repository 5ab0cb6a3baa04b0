package io.upflux.server.webhook;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.server.job.JobEnding;
import io.upflux.server.live.StreamState;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something that others are told.
 *
 * @param kind {@code job} or {@code stream}
 * @param id of a job; null of a stream
 * @param name of a job's input, or of a stream
 * @param state that it has come to
 * @param error in one line; null when nothing is wrong
 * @param time when
 */
record Event(
        String kind,
        @Nullable String id,
        String name,
        String state,
        @Nullable String error,
        Instant time) {
    static Event of(JobEnding job) {
        return new Event("job", job.id(), job.name(), job.state().toString(), job.error(), Instant.now());
    }

    static Event of(String stream, StreamState state, @Nullable String error) {
        return new Event("stream", null, stream, state.name().toLowerCase(Locale.ROOT), error, Instant.now());
    }

    /** As a JSON object. */
    String json() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode().put("event", kind);
        if (id != null) {
            tree.put("id", id);
        }
        tree.put("name", name).put("state", state);
        if (error != null) {
            tree.put("error", error);
        }
        return tree.put("time", time.toString()).toString();
    }
}
