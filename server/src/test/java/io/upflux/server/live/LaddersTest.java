package io.upflux.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.governor.Rung;
import io.upflux.live.Step;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.sharing.OpenModels;
import io.upflux.pipeline.ForwardingResolver;
import io.upflux.pipeline.SuperResolver;
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

    /** A stream that failed is begun again with the same ones. */
    @Test
    void whenClosingOneFailsTheOthersAreClosedAndAllAreOpenedAfresh() {
        StreamConfig stream = ConfigFile.parse("test", """
                streams:
                  cam:
                    source: x
                    device: cpu
                    model: bicubic-x2
                    models: [{model: bicubic-x4, when: {maxHeight: 240}}]
                """, Map.of()).streams().get(0);
        Catalogue catalogue = Catalogue.standard();
        List<String> closed = new ArrayList<>();
        List<String> opened = new ArrayList<>();
        Ladders ladders = new Ladders(stream, wanted -> {
            String model = String.valueOf(wanted.model());
            opened.add(model);
            SuperResolver resolver = new ForwardingResolver(catalogue.open(catalogue.find(model, null), Device.CPU)) {
                @Override
                public void close() {
                    super.close();
                    closed.add(model);
                    throw new AssertionError("planted");
                }
            };
            return new Ladder(
                    List.of(new Step(new Rung("full", model, 0, 1, 1, 0, false), resolver)), List.of(resolver));
        });
        for (int times = 1; times <= 2; times++) {
            ladders.open();
            assertThatThrownBy(ladders::close).isInstanceOf(AssertionError.class);
            assertThat(opened).hasSize(2 * times);
            assertThat(closed).containsExactlyInAnyOrderElementsOf(opened);
        }
    }
}
