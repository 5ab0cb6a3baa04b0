package io.upflux.models.onnx;

import static io.upflux.models.onnx.NamedModels.files;
import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.SuperResolver;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Networks that multiply in 8 bits, beside the same ones in float. */
class EightBitTest {
    private static final String SUFFIX = "-int8";

    @Test
    void theyShareTheirWeightsWithTheNetworkInFloat() {
        assertThat(rounded()).hasSizeGreaterThan(1).allSatisfy(card -> {
            ModelCard original = Catalogue.standard().find(inFloat(card.name()), null);
            assertThat(files(card.name()).weightFiles()).containsExactly(original.name() + ".safetensors");
            assertThat(card.parameters()).isEqualTo(original.parameters());
            assertThat(card.macs()).isEqualTo(original.macs());
        });
    }

    /** What rounding costs by their own evaluations. */
    @Test
    void theyLoseAtMostATenthOfADecibel() {
        assertThat(rounded()).allSatisfy(card -> {
            ModelCard original = Catalogue.standard().find(inFloat(card.name()), null);
            assertThat(card.psnr().keySet()).isEqualTo(original.psnr().keySet()).isNotEmpty();
            card.psnr()
                    .forEach((set, psnr) -> assertThat(psnr)
                            .as("%s on %s", card.name(), set)
                            .isGreaterThan(original.psnr().getOrDefault(set, Double.NaN) - 0.1));
        });
    }

    @Test
    void theyMakeTheSamePictureWithinAFewCodes() {
        Planes picture = Planes.drawn(48, 40);
        for (ModelCard card : rounded()) {
            float[] made = WholePicture.of(files(card.name()), picture, OptionalDouble.empty())
                    .samples();
            float[] wanted = WholePicture.of(files(inFloat(card.name())), picture, OptionalDouble.empty())
                    .samples();
            double squares = 0;
            for (int i = 0; i < made.length; i++) {
                squares += Math.pow(made[i] - wanted[i], 2);
            }
            double rms = 255 * Math.sqrt(squares / made.length);
            assertThat(rms).as(card.name()).isBetween(0.05, 1.5);
        }
    }

    @Test
    void theySayHowTheyCompute() {
        Catalogue catalogue = Catalogue.standard();
        try (SuperResolver resolver = catalogue.open(catalogue.find("plain-s-int8", 2), Device.CPU, 1)) {
            assertThat(resolver.traits().precision()).isEqualTo("int8");
        }
        PassGraph graph = ModelGraphs.of(files("plain-s-int8-x2")).main();
        assertThat(graph.precision(Provider.cuda(0))).isEqualTo("fp32");
        assertThat(ModelGraphs.of(files("plain-s-x2")).main().precision(Provider.CPU))
                .isEqualTo("fp32");
    }

    private static List<ModelCard> rounded() {
        return Catalogue.standard().list().stream()
                .filter(card -> card.bundled() && card.name().contains(SUFFIX))
                .toList();
    }

    private static String inFloat(String name) {
        return name.replace(SUFFIX, "");
    }
}
