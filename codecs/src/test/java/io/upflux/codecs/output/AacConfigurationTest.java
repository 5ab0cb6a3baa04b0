package io.upflux.codecs.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configurations written by hand. */
class AacConfigurationTest {
    /** Of one byte sequence alone where the decoder must know more than type, rate and channels. */
    @ParameterizedTest
    @CsvSource({
        "1190, 2, 1190", // 48 kHz, 2 channels
        "119056e500, 2, 1190", // and no band replication
        "119056e580, 2, 119056e580", // and band replication
        "1194, 2, 1194", // 960 samples a frame
        "1180, 2, 1180", // channels that a program config element says
        "2b118800, 5, 2b118800", // band replication around low complexity
        "f94640, 42, f94640", // USAC, whose type is escaped
        "'', 0, ''"
    })
    void thatOfLowComplexityIsReducedToTypeRateAndChannels(String bytes, int type, String normal) {
        AacConfiguration configuration = new AacConfiguration(parse(bytes));
        assertThat(configuration.objectType()).isEqualTo(type);
        assertThat(configuration.normal()).isEqualTo(parse(normal));
    }

    @ParameterizedTest
    @CsvSource({"48000, 2, 1190", "44100, 1, 1208", "7350, 8, 1638"})
    void twoBytesSayLowComplexity(int rate, int channels, String bytes) {
        assertThat(AacConfiguration.isPlain(rate, channels)).isTrue();
        assertThat(AacConfiguration.plain(rate, channels)).isEqualTo(parse(bytes));
    }

    @ParameterizedTest
    @CsvSource({"48001, 2", "48000, 0", "48000, 7", "48000, 9"})
    void otherRatesAndChannelsTakeMore(int rate, int channels) {
        assertThat(AacConfiguration.isPlain(rate, channels)).isFalse();
    }

    private static ByteBuffer parse(String hexadecimal) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hexadecimal));
    }
}
