package io.upflux.server.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.Statement;
import io.upflux.server.config.Upscaling;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** A job as a row. */
final class JobRows {
    private static final ObjectMapper MAPPER =
            new ObjectMapper().setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

    private JobRows() {}

    static Statement insert(Connection connection, Job job) {
        Statement statement = connection
                .createStatement(
                        "insert into upflux_jobs (id, name, upscaling, priority, state, created, frames, total,"
                                + " fps, worked_millis, crashes, input, delivery, started, ended, error)"
                                + " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)")
                .bind("$1", job.id())
                .bind("$2", job.name())
                .bind("$3", text(job.upscaling()))
                .bind("$4", job.priority())
                .bind("$5", job.state().toString())
                .bind("$6", job.created().atOffset(ZoneOffset.UTC))
                .bind("$7", job.progress().frames())
                .bind("$8", job.progress().total())
                .bind("$9", job.progress().fps())
                .bind("$10", job.worked().toMillis())
                .bind("$11", job.crashes());
        Path delivery = job.delivery();
        bind(statement, "$12", job.input(), String.class);
        bind(statement, "$13", delivery == null ? null : delivery.toString(), String.class);
        bind(statement, "$14", time(job.started()), OffsetDateTime.class);
        bind(statement, "$15", time(job.ended()), OffsetDateTime.class);
        bind(statement, "$16", job.error(), String.class);
        return statement;
    }

    static <T> void bind(Statement statement, String name, @Nullable T value, Class<T> type) {
        if (value == null) {
            statement.bindNull(name, type);
        } else {
            statement.bind(name, value);
        }
    }

    static Job job(Row row) {
        String delivery = row.get("delivery", String.class);
        return new Job(
                required(row.get("id", String.class)),
                required(row.get("name", String.class)),
                row.get("input", String.class),
                upscaling(required(row.get("upscaling", String.class))),
                delivery == null ? null : Path.of(delivery),
                required(row.get("priority", Integer.class)),
                state(row),
                required(instant(row, "created")),
                instant(row, "started"),
                instant(row, "ended"),
                new JobProgress(
                        required(row.get("frames", Long.class)),
                        required(row.get("total", Long.class)),
                        required(row.get("fps", Double.class))),
                Duration.ofMillis(required(row.get("worked_millis", Long.class))),
                required(row.get("crashes", Integer.class)),
                row.get("error", String.class));
    }

    static JobState state(Row row) {
        String name = required(row.get("state", String.class));
        return JobState.parse(name).orElseThrow(() -> new IllegalStateException("a job is " + name));
    }

    /** What the tables do not let be null. */
    static <T> T required(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("a value is missing in the database");
        }
        return value;
    }

    private static @Nullable Instant instant(Row row, String column) {
        OffsetDateTime time = row.get(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    private static String text(Upscaling upscaling) {
        try {
            return MAPPER.writeValueAsString(upscaling);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Upscaling upscaling(String text) {
        try {
            return MAPPER.readValue(text, Upscaling.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the database holds " + text, e);
        }
    }
}
