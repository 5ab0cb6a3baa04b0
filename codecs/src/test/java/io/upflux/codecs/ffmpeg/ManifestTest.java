package io.upflux.codecs.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
    @ParameterizedTest
    @ValueSource(strings = {"<!--", "<?a ", "<![CDATA[", "<a b=\"", "<a:", "</a "})
    @Timeout(value = 10, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whatIsLeftOpenTakesNoSquareOfTime(String open) {
        String text = "<MPD>" + open.repeat(1_000_000);
        assertThat(Manifest.is(text)).isTrue();
        assertThat(Manifest.isOpaque(text)).isFalse();
        assertThat(Manifest.representations(text)).isZero();
    }
}
