package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class BitrateConverterTest {
    private final BitrateConverter converter = new BitrateConverter();

    @ParameterizedTest
    @CsvSource({"800000, 800000", "2500k, 2500000", "2500K, 2500000", "4M, 4000000", "2.5M, 2500000"})
    void readsBitsASecond(String text, long bits) {
        assertThat(converter.convert(text)).isEqualTo(bits);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0.1", "-4M", "4MB", "4 M", "fast"})
    void refusesWhatIsNoRate(String text) {
        assertThatThrownBy(() -> converter.convert(text)).isInstanceOf(TypeConversionException.class);
    }
}
