package io.upflux.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.ServerConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The examples fit each other and the program. */
class ExamplesTest {
    private static final Path FOLDER = Path.of("..", "docs", "examples");

    @Test
    void theServicesOfComposeFindEachOther() throws IOException {
        JsonNode services = yaml("compose.yaml").path("services");
        ServerConfig config = ConfigFile.read(FOLDER.resolve("upflux.yml"), Map.of());
        assertThat(services.fieldNames()).toIterable().containsExactlyInAnyOrder("mediamtx", "upflux", "prometheus");
        services.forEach(service -> {
            assertThat(service.has("image") || service.has("build")).isTrue();
            service.path("volumes").forEach(volume -> {
                String from = volume.asText().split(":")[0];
                if (from.startsWith(".")) {
                    assertThat(FOLDER.resolve(from)).exists();
                }
            });
        });
        URI source = URI.create(config.streams().get(0).source());
        assertThat(services.has(source.getHost())).isTrue();
        assertThat(services.path(source.getHost()).path("ports").toString()).contains(":" + source.getPort() + "\"");
        assertThat(services.path("upflux").path("ports").toString()).contains(":" + config.port() + "\"");
        assertThat(services.path("upflux").path("command").toString()).contains("\"serve\"", "/etc/upflux/upflux.yml");
        assertThat(services.path("upflux").path("volumes").toString()).contains("./upflux.yml:/etc/upflux/upflux.yml");
        assertThat(FOLDER.resolve(services.path("upflux").path("build").asText())
                        .resolve("Dockerfile"))
                .exists();
        JsonNode scrape = yaml("prometheus.yml").path("scrape_configs").path(0);
        assertThat(scrape.path("metrics_path").asText()).isEqualTo("/metrics");
        assertThat(scrape.at("/static_configs/0/targets/0").asText()).isEqualTo("upflux:" + config.port());
    }

    @Test
    void theUnitStartsReloadsAndStopsTheServer() throws IOException {
        Map<String, String> keys = Files.readAllLines(FOLDER.resolve("upflux.service")).stream()
                .filter(line -> line.matches("[A-Za-z]+=.*"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf('=')), line -> line.substring(line.indexOf('=') + 1)));
        assertThat(keys.get("ExecStart")).endsWith("/bin/upflux serve -c /etc/upflux/upflux.yml");
        assertThat(keys).containsEntry("ExecReload", "/bin/kill -HUP $MAINPID").containsEntry("KillSignal", "SIGTERM");
        assertThat(Integer.parseInt(keys.getOrDefault("TimeoutStopSec", "0"))).isGreaterThan(30);
    }

    private static JsonNode yaml(String name) throws IOException {
        return new YAMLMapper().readTree(Files.readString(FOLDER.resolve(name)));
    }
}
