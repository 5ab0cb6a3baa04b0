package io.upflux.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.models.Catalogue;
import io.upflux.models.sharing.OpenModels;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.StreamConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LaddersTest {
    /** A server is ready when its models are, whichever a source will need. */
    @Test
    void allModelsThatRulesMayChooseAreOpenedAtOnce() {
        StreamConfig stream = ConfigFile.parse("test", """
                streams:
                  cam:
                    source: x
                    device: cpu
                    model: bicubic-x2
                    models:
                      - {model: bicubic-x4, when: {maxHeight: 240}}
                      - {model: bicubic-x3, when: {maxHeight: 480}}
                """, Map.of()).streams().get(0);
        OpenModels models = new OpenModels(Catalogue.standard());
        List<String> opened = new ArrayList<>();
        try (Ladders ladders = new Ladders(stream, wanted -> {
            opened.add(String.valueOf(wanted.model()));
            return Ladder.open(models, wanted);
        })) {
            ladders.open();
            assertThat(opened).containsExactlyInAnyOrder("bicubic-x2", "bicubic-x3", "bicubic-x4");
            assertThat(ladders.current()).isEqualTo("bicubic-x2");
        }
        assertThat(models.users()).isZero();
    }
}
