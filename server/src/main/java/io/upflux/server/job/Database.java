package io.upflux.server.job;

import static io.r2dbc.spi.ConnectionFactoryOptions.DATABASE;
import static io.r2dbc.spi.ConnectionFactoryOptions.DRIVER;
import static io.r2dbc.spi.ConnectionFactoryOptions.HOST;
import static io.r2dbc.spi.ConnectionFactoryOptions.PASSWORD;
import static io.r2dbc.spi.ConnectionFactoryOptions.PORT;
import static io.r2dbc.spi.ConnectionFactoryOptions.PROTOCOL;
import static io.r2dbc.spi.ConnectionFactoryOptions.SSL;
import static io.r2dbc.spi.ConnectionFactoryOptions.USER;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import io.r2dbc.spi.R2dbcException;
import io.upflux.pipeline.StreamException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Connections to the database of the jobs, whose tables are brought up to date when it is opened: H2 in this process, or
 * PostgreSQL.
 */
final class Database {
    private static final String MIGRATIONS = "classpath:io/upflux/server/job/migration";
    private static final String HISTORY = "upflux_schema_history";
    private static final int CONNECTIONS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ConnectionPool pool;

    private Database(ConnectionPool pool) {
        this.pool = pool;
    }

    /**
     * Opens it; takes as long as the database does.
     *
     * @param url R2DBC URL of a PostgreSQL database; null for H2
     * @param folder where H2 lies
     * @throws StreamException when it cannot be reached, or another process holds it
     */
    static Database open(@Nullable String url, Path folder) {
        ConnectionFactoryOptions options = url == null ? embedded(folder) : named(url);
        String where = url == null ? folder.toString() : options.getValue(HOST) + "/" + options.getValue(DATABASE);
        try {
            String user = String.valueOf(Objects.requireNonNullElse(options.getValue(USER), ""));
            Object password = options.getValue(PASSWORD);
            Flyway.configure()
                    .dataSource(jdbc(options), user, password == null ? "" : password.toString())
                    .locations(MIGRATIONS)
                    .table(HISTORY)
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .loggers("slf4j")
                    .load()
                    .migrate();
            return new Database(new ConnectionPool(ConnectionPoolConfiguration.builder(ConnectionFactories.get(options))
                    .initialSize(1)
                    .minIdle(1)
                    .maxSize(CONNECTIONS)
                    .maxAcquireTime(PATIENCE)
                    .build()));
        } catch (FlywayException | R2dbcException | IllegalStateException e) {
            throw new StreamException("jobs.database: " + where + " cannot be used: " + reason(e), e);
        }
    }

    /** Works with a connection, on a thread that may wait: H2 answers on the thread that asks. */
    <T> Flux<T> with(Function<Connection, Publisher<T>> work) {
        return Flux.usingWhen(pool.create(), work, Connection::close).subscribeOn(Schedulers.boundedElastic());
    }

    /** As {@link #with}, all of it or nothing. */
    Mono<Void> atOnce(Function<Connection, Mono<Void>> work) {
        return with(connection -> Mono.usingWhen(
                        Mono.from(connection.beginTransaction()).thenReturn(connection),
                        work,
                        Connection::commitTransaction,
                        (failed, error) -> failed.rollbackTransaction(),
                        Connection::rollbackTransaction))
                .then();
    }

    /** Waits until all connections are closed. */
    void close() {
        pool.disposeLater().block(PATIENCE);
    }

    private static ConnectionFactoryOptions embedded(Path folder) {
        return ConnectionFactoryOptions.builder()
                .option(DRIVER, "h2")
                .option(PROTOCOL, "file")
                .option(DATABASE, folder.resolve("jobs").toString())
                .option(USER, "sa")
                .option(PASSWORD, "")
                .build();
    }

    private static ConnectionFactoryOptions named(String url) {
        try {
            return ConnectionFactoryOptions.parse(url);
        } catch (IllegalArgumentException e) {
            // Without the message, which may show a password.
            throw new StreamException("jobs.database: must be r2dbc:postgresql://USER:PASSWORD@HOST:PORT/DATABASE", e);
        }
    }

    /** The same database for migrations, which know JDBC only. */
    private static String jdbc(ConnectionFactoryOptions options) {
        Object database = options.getRequiredValue(DATABASE);
        if ("h2".equals(options.getValue(DRIVER))) {
            return "jdbc:h2:file:" + database + ";TRACE_LEVEL_FILE=0";
        }
        Object port = options.getValue(PORT);
        StringBuilder url = new StringBuilder("jdbc:postgresql://" + options.getRequiredValue(HOST)
                + (port == null ? "" : ":" + port) + "/" + database + "?ApplicationName=upflux");
        Object mode = options.getValue(Option.valueOf("sslMode"));
        if (mode != null) {
            url.append("&sslmode=").append(mode);
        } else if (Boolean.TRUE.equals(options.getValue(SSL))) {
            url.append("&sslmode=verify-full");
        }
        Object schema = options.getValue(Option.valueOf("schema"));
        return schema == null ? url.toString() : url + "&currentSchema=" + schema;
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("it does not say why");
    }
}
