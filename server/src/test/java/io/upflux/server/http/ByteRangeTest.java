package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, bytes 0-0/1000",
        "bytes=0-499, bytes 0-499/1000",
        "bytes=500-, bytes 500-999/1000",
        "bytes=500-5000, bytes 500-999/1000",
        "bytes=-300, bytes 700-999/1000",
        "bytes=-5000, bytes 0-999/1000",
        "BYTES=999-999, bytes 999-999/1000",
        "bytes=0-999999999999999999, bytes 0-999/1000",
    })
    void oneRangeIsAPart(String field, String part) {
        ByteRange range = ByteRange.of(field, 1000);
        assertThat(range).isNotNull();
        assertThat(range.of(1000)).isEqualTo(part);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "bytes=", "bytes=-", "bytes=5-1", "bytes=0-1,5-6", "lines=0-1", "bytes=a-b", "bytes=--5"})
    void whatIsNotUnderstoodIsTheWhole(String field) {
        assertThat(ByteRange.of(field, 1000)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=1000-", "bytes=1000-2000", "bytes=-0"})
    void whatIsBehindTheEndIsRefusedWithTheSize(String field) {
        assertThatThrownBy(() -> ByteRange.of(field, 1000)).isInstanceOfSatisfying(Problem.class, problem -> {
            assertThat(problem.status().code()).isEqualTo(416);
            assertThat(problem.headers()).containsEntry("Content-Range", "bytes */1000");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            clip.mp4          | attachment; filename="clip.mp4"; filename*=UTF-8''clip.mp4
            a b.mp4           | attachment; filename="a b.mp4"; filename*=UTF-8''a%20b.mp4
            Fjäll 映.mkv      | attachment; filename="Fj_ll _.mkv"; filename*=UTF-8''Fj%C3%A4ll%20%E6%98%A0.mkv
            a"b\\c%d.mp4      | attachment; filename="a_b_c_d.mp4"; filename*=UTF-8''a%22b%5Cc%25d.mp4
            """)
    void namesAreForAllClients(String name, String field) {
        assertThat(FileAnswer.disposition(name)).isEqualTo(field);
    }
}
