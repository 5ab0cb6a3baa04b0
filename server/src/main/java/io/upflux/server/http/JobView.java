package io.upflux.server.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.codecs.MediaNames;
import io.upflux.server.job.Job;
import io.upflux.server.job.JobState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A job as programs see it. */
final class JobView {
    private static final ObjectMapper MAPPER =
            new ObjectMapper().setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

    private JobView() {}

    static String address(Job job) {
        return "/api/v1/jobs/" + job.id();
    }

    static ObjectNode of(Job job) {
        ObjectNode tree = MAPPER.createObjectNode()
                .put("id", job.id())
                .put("name", job.name())
                .put("state", job.state().toString())
                .put("priority", job.priority());
        String input = job.input();
        put(tree, "input", input == null ? null : MediaNames.shown(input));
        tree.setAll((ObjectNode) MAPPER.valueToTree(job.upscaling()));
        put(tree, "created", job.created());
        put(tree, "started", job.started());
        put(tree, "ended", job.ended());
        tree.put("frames", job.progress().frames());
        if (job.progress().total() > 0) {
            tree.put("totalFrames", job.progress().total());
        }
        if (job.state() == JobState.RUNNING) {
            tree.put("fps", Math.round(job.progress().fps() * 100) / 100.0);
            double left = job.progress().secondsLeft();
            if (left >= 0) {
                tree.put("etaSeconds", Math.round(left));
            }
        }
        tree.put("workedSeconds", job.worked().toMillis() / 1000.0);
        if (job.crashes() > 0) {
            tree.put("crashes", job.crashes());
        }
        put(tree, "error", job.error());
        if (job.state() == JobState.DONE) {
            tree.put("outputName", job.outputName()).put("output", address(job) + "/output");
        }
        return tree;
    }

    private static void put(ObjectNode tree, String key, @Nullable String value) {
        if (value != null) {
            tree.put(key, value);
        }
    }

    private static void put(ObjectNode tree, String key, @Nullable Instant value) {
        put(tree, key, value == null ? null : value.toString());
    }
}
