package io.upflux.models.onnx;

import io.upflux.models.Catalogue;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Models to test, by name: bundled ones, and one that is known by heart, on which a test shows that it can fail. */
final class NamedModels {
    static final String BY_HEART = "by heart";

    private NamedModels() {}

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
