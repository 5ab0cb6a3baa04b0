package io.upflux.server.job;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** One PostgreSQL for all tests, from binaries that Maven brings. */
final class Postgres {
    private static @Nullable EmbeddedPostgres server;
    private static int databases;

    private Postgres() {}

    /** A URL for R2DBC of an empty database. Skips the test where PostgreSQL does not run. */
    static synchronized String database() {
        try {
            if (server == null) {
                server = EmbeddedPostgres.builder().start();
                Runtime.getRuntime().addShutdownHook(new Thread(Postgres::stop));
            }
            String name = "jobs" + ++databases;
            try (Connection connection = server.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("create database " + name);
            }
            return "r2dbc:postgresql://postgres:postgres@localhost:" + server.getPort() + "/" + name;
        } catch (IOException | IllegalStateException e) {
            Assumptions.abort("PostgreSQL does not run here, so it is not tested: " + e.getMessage());
            throw new AssertionError(e);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static synchronized void stop() {
        try {
            if (server != null) {
                server.close();
            }
        } catch (IOException e) {
            // The machine's temporary folder keeps some files.
        }
    }
}
