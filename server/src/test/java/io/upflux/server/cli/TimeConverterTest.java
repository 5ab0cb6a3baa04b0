package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class TimeConverterTest {
    private final TimeConverter converter = new TimeConverter();

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "90, 90000",
        "90.5, 90500",
        "90s, 90000",
        "0.001s, 1",
        "500ms, 500",
        "1m, 60000",
        "1m30s, 90000",
        "1m30, 90000",
        "2h, 7200000",
        "1h2m3.5s, 3723500",
        "1s500ms, 1500",
        "1:30, 90000",
        "01:30.25, 90250",
        "1:02:03.004, 3723004",
        "00:00:00, 0",
        "0:100, 100000",
    })
    void readsTimes(String text, long millis) {
        assertThat(converter.convert(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void refusesWhatNoFilmLasts() {
        assertThatThrownBy(() -> converter.convert("999999999h"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'999999999h' is later than any film lasts");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1:2:3:4", "s", "abc", "1d", "1,5", "1.5h", "NaN", "99999999999"})
    void refusesWhatIsNoTime(String text) {
        assertThatThrownBy(() -> converter.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "' is no time");
    }
}
