package io.upflux.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.upflux.pipeline.StreamException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

class ConfigFuzzTest {
    @FuzzTest
    void anyTextIsAConfigurationOrRefusedInALine(byte[] text) {
        try {
            ConfigFile.parse("config", new String(text, StandardCharsets.UTF_8), Map.of());
        } catch (StreamException refused) {
            assertThat(refused.getMessage()).doesNotContainPattern("\\p{Cc}");
        }
    }
}
