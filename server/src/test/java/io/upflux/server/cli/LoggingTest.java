package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class LoggingTest {
    @Test
    void structuredLinesNameTheStream() throws IOException {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(MDC.getMDCAdapter());
        try (MDC.MDCCloseable named = MDC.putCloseable("stream", "cam")) {
            LoggingEvent event = new LoggingEvent(
                    "", context.getLogger("io.upflux.server.live"), Level.WARN, "cam: {} \"gone\"", null, new Object[] {
                        "is"
                    });
            String line = new String(Logging.json(context).encode(event), StandardCharsets.UTF_8);
            assertThat(line).endsWith("\n").hasLineCount(1);
            JsonNode json = new ObjectMapper().readTree(line);
            assertThat(json.path("mdc").path("stream").asText()).isEqualTo("cam");
            assertThat(json.path("level").asText()).isEqualTo("WARN");
            assertThat(json.path("loggerName").asText()).isEqualTo("io.upflux.server.live");
            assertThat(json.path("formattedMessage").asText()).isEqualTo("cam: is \"gone\"");
            assertThat(json.path("timestamp").asLong()).isPositive();
        }
    }
}
