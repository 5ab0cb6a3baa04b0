package io.upflux.server.job;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.pipeline.StreamException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresJobStoreTest extends JobStoreContract {
    private @Nullable String url;

    @BeforeAll
    static void start() {
        Postgres.database();
    }

    @Override
    Database open() {
        String same = url == null ? Postgres.database() : url;
        url = same;
        return Database.open(same, Path.of("unused"));
    }

    @Test
    void aServerThatIsNotThereIsOneLineWithoutThePassword() {
        assertThatThrownBy(() -> Database.open("r2dbc:postgresql://me:secret@localhost:1/jobs", Path.of("unused")))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("jobs.database: localhost/jobs cannot be used: ")
                .message()
                .doesNotContain("\n", "secret");
    }
}
