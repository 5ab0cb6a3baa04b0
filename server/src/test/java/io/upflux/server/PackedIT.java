package io.upflux.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What has been packed, after it was. */
class PackedIT {
    private static final Path TARGET = Path.of("target");
    private static final Path LIBRARIES = TARGET.resolve("upflux/lib");

    @Test
    void theBillOfMaterialsNamesAllThatIsPackedByItsHashAndNothingElse() throws Exception {
        assumeFalse(
                "offline: true".equals(System.getProperty("maven.mode")), "Maven makes no bill of materials offline");
        JsonNode bill = new ObjectMapper().readTree(Files.readAllBytes(TARGET.resolve("upflux-bom.json")));
        assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
        Map<String, String> packed = new TreeMap<>();
        try (Stream<Path> jars = Files.list(LIBRARIES)) {
            for (Path jar : jars.toList()) {
                packed.put(sha256(jar), String.valueOf(jar.getFileName()));
            }
        }
        // The server's own jar is what the bill is of.
        packed.values().removeIf(name -> name.startsWith("upflux-server-"));
        Set<String> named = new TreeSet<>();
        for (JsonNode component : bill.path("components")) {
            component.path("hashes").forEach(hash -> {
                if (hash.path("alg").asText().equals("SHA-256")) {
                    named.add(hash.path("content").asText());
                }
            });
        }
        assertThat(named).containsExactlyInAnyOrderElementsOf(packed.keySet());
        assertThat(bill.at("/metadata/component/name").asText()).isEqualTo("upflux-server");
    }

    @Test
    void nothingInOurJarsTellsWhenTheyWereMade() throws Exception {
        try (Stream<Path> jars = Files.list(LIBRARIES)) {
            for (Path path : jars.filter(jar -> jar.getFileName().toString().startsWith("upflux-"))
                    .toList()) {
                try (JarFile jar = new JarFile(path.toFile())) {
                    Set<Object> times =
                            jar.stream().map(entry -> entry.getTimeLocal()).collect(Collectors.toSet());
                    assertThat(times).as(path.toString()).hasSize(1);
                }
            }
        }
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
