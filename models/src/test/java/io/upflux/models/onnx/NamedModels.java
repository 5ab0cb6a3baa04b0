package io.upflux.models.onnx;

import io.upflux.models.Catalogue;
import io.upflux.models.ModelCard;
import java.io.IOException;
import java.io.InputStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Models to test, by name: bundled ones, and one that is known by heart, on which a test shows that it can fail. */
final class NamedModels {
    static final String BY_HEART = "by heart";

    private static final long FULL_SIZE = 500_000;

    private NamedModels() {}

    /** Bundled models that have a graph: full-size networks, which take long, at x3 only, the others at x2 and x4. */
    static Stream<String> with(Pass pass) {
        return Catalogue.standard().list().stream()
                .filter(card -> card.bundled() && (card.parameters() < FULL_SIZE) == (card.scale() != 3))
                .filter(card -> card.passes().contains(pass))
                .map(ModelCard::name);
    }

    static ModelFiles files(String name) {
        return name.equals(BY_HEART) ? new TestPair("pair-x2").open() : ModelFiles.of(name, NamedModels::neighbour);
    }

    /** Null where there is no such file. */
    static byte @Nullable [] neighbour(String file) throws IOException {
        try (InputStream in = Catalogue.class.getResourceAsStream(file)) {
            return in == null ? null : in.readAllBytes();
        }
    }

    static byte[] resource(String name) throws IOException {
        try (InputStream in = Catalogue.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }
}
