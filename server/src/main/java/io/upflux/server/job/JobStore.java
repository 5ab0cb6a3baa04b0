package io.upflux.server.job;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The jobs in the database. What changes a state says from which, so that of two who change it one wins. */
final class JobStore {
    private static final int LONGEST_ERROR = 4096;

    private final Database database;

    JobStore(Database database) {
        this.database = database;
    }

    Mono<Void> add(Job job) {
        return database.with(connection -> count(JobRows.insert(connection, job)))
                .then();
    }

    /** Adds the job of a watched file and remembers the file, as it is now, in one transaction. */
    Mono<Void> add(Job job, WatchedFile file) {
        return database.atOnce(connection -> count(JobRows.insert(connection, job))
                .then(count(forget(connection, file.path())))
                .then(count(connection
                        .createStatement("insert into upflux_watched_files (path, bytes, modified_millis)"
                                + " values ($1, $2, $3)")
                        .bind("$1", file.path())
                        .bind("$2", file.bytes())
                        .bind("$3", file.modifiedMillis())))
                .then());
    }

    /** Whether a watched file has become a job as it is now. */
    Mono<Boolean> knows(WatchedFile file) {
        return database.with(connection -> Flux.from(connection
                                .createStatement("select path from upflux_watched_files"
                                        + " where path = $1 and bytes = $2 and modified_millis = $3")
                                .bind("$1", file.path())
                                .bind("$2", file.bytes())
                                .bind("$3", file.modifiedMillis())
                                .execute())
                        .flatMap(result -> result.map((row, metadata) -> true)))
                .next()
                .defaultIfEmpty(false);
    }

    /** A watched file is gone. */
    Mono<Void> forget(String path) {
        return database.with(connection -> count(forget(connection, path))).then();
    }

    /** Empty when there is none. */
    Mono<Job> find(String id) {
        return database.with(connection -> jobs(connection
                        .createStatement("select * from upflux_jobs where id = $1")
                        .bind("$1", id)))
                .next();
    }

    /**
     * The newest first.
     *
     * @param states empty for all
     */
    Flux<Job> list(Set<JobState> states, int limit, long offset) {
        return database.with(connection -> jobs(connection
                .createStatement("select * from upflux_jobs" + in(states) + " order by seq desc limit $1 offset $2")
                .bind("$1", limit)
                .bind("$2", offset)));
    }

    /** How many jobs are in each state. */
    Mono<Map<JobState, Long>> counts() {
        return database.with(connection -> Flux.from(connection
                                .createStatement("select state, count(*) as jobs from upflux_jobs group by state")
                                .execute())
                        .flatMap(result -> result.map((row, metadata) ->
                                Map.entry(JobRows.state(row), JobRows.required(row.get("jobs", Long.class))))))
                .collect(
                        () -> new EnumMap<>(JobState.class),
                        (counts, entry) -> counts.put(entry.getKey(), entry.getValue()));
    }

    /** The next one to work on: of the highest priority the oldest. */
    Mono<Job> next() {
        return database.with(connection -> jobs(connection.createStatement("select * from upflux_jobs where state = '"
                        + JobState.QUEUED + "' order by priority desc, seq limit 1")))
                .next();
    }

    /** @return whether it was queued, and now runs */
    Mono<Boolean> begin(String id) {
        return changed(connection -> connection
                .createStatement("update upflux_jobs set state = '" + JobState.RUNNING
                        + "', started = coalesce(started, $1) where id = $2 and state = '" + JobState.QUEUED + "'")
                .bind("$1", now())
                .bind("$2", id));
    }

    /** As a job is worked on. @param worked over all processes */
    Mono<Boolean> progress(String id, JobProgress progress, Duration worked) {
        return changed(connection -> connection
                .createStatement("update upflux_jobs set frames = $1, total = $2, fps = $3, worked_millis = $4"
                        + " where id = $5 and state = '" + JobState.RUNNING + "'")
                .bind("$1", progress.frames())
                .bind("$2", progress.total())
                .bind("$3", progress.fps())
                .bind("$4", worked.toMillis())
                .bind("$5", id));
    }

    /**
     * Changes a state. One that had ended has not been worked on since.
     *
     * @param from states of which it must be in one
     * @param crashes how many of its processes have crashed since one got any further
     * @param error why it failed, of which the beginning is kept; null when it did not
     * @return whether it was in one of them
     */
    Mono<Boolean> move(String id, Set<JobState> from, JobState to, int crashes, @Nullable String error) {
        return changed(connection -> {
            Statement statement = connection
                    .createStatement("update upflux_jobs set state = $1, ended = $2, fps = 0, crashes = $3, error = $4,"
                            + " worked_millis = case when ended is null then worked_millis else 0 end"
                            + in(from) + " and id = $5")
                    .bind("$1", to.toString())
                    .bind("$3", crashes)
                    .bind("$5", id);
            JobRows.bind(statement, "$2", to.isEnded() ? now() : null, OffsetDateTime.class);
            JobRows.bind(statement, "$4", error == null ? null : kept(error), String.class);
            return statement;
        });
    }

    /** @return whether there is such a job */
    Mono<Boolean> prioritise(String id, int priority) {
        return changed(connection -> connection
                .createStatement("update upflux_jobs set priority = $1 where id = $2")
                .bind("$1", priority)
                .bind("$2", id));
    }

    /** Queues again what ran when the server stopped. */
    Mono<Void> recover() {
        return database.with(connection -> count(connection
                        .createStatement("update upflux_jobs set state = $1, fps = 0" + in(Set.of(JobState.RUNNING)))
                        .bind("$1", JobState.QUEUED.toString())))
                .then();
    }

    /** Jobs that ended before a moment. */
    Flux<Job> endedBefore(Instant moment) {
        return database.with(connection -> jobs(connection
                .createStatement("select * from upflux_jobs"
                        + in(Set.of(JobState.DONE, JobState.FAILED, JobState.CANCELLED)) + " and ended < $1")
                .bind("$1", moment.atOffset(ZoneOffset.UTC))));
    }

    Mono<Boolean> delete(String id) {
        return changed(connection -> connection
                .createStatement("delete from upflux_jobs where id = $1")
                .bind("$1", id));
    }

    private Mono<Boolean> changed(Function<Connection, Statement> statement) {
        return database.with(connection -> count(statement.apply(connection)))
                .next()
                .map(rows -> rows > 0);
    }

    /** No more than the column takes, and nothing that PostgreSQL has in no text. */
    private static String kept(String error) {
        String text = error.replace('\0', ' ');
        if (text.length() <= LONGEST_ERROR) {
            return text;
        }
        int end = LONGEST_ERROR - 1;
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "\u2026";
    }

    private static Statement forget(Connection connection, String path) {
        return connection
                .createStatement("delete from upflux_watched_files where path = $1")
                .bind("$1", path);
    }

    private static Mono<Long> count(Statement statement) {
        return Flux.from(statement.execute()).flatMap(Result::getRowsUpdated).reduce(0L, Long::sum);
    }

    private static Flux<Job> jobs(Statement statement) {
        return Flux.from(statement.execute()).flatMap(result -> result.map((row, metadata) -> JobRows.job(row)));
    }

    /** States are names of this program's own, so they need no binding. */
    private static String in(Set<JobState> states) {
        return states.isEmpty()
                ? ""
                : states.stream()
                        .map(state -> "'" + state + "'")
                        .collect(Collectors.joining(", ", " where state in (", ")"));
    }

    private static OffsetDateTime now() {
        return OffsetDateTime.now(ZoneOffset.UTC);
    }
}
