package io.upflux.models;

import io.upflux.models.onnx.ModelFiles;
import io.upflux.models.onnx.OnnxBuilder;
import io.upflux.models.onnx.Said;
import io.upflux.models.onnx.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/** A catalogue of models that tests make, bundled or imported. */
abstract class TestCatalogue {
    @TempDir
    Path folder;

    final Said said = new Said();
    final Map<String, byte[]> bundled = new TreeMap<>();

    /** Adds a model to those that are bundled. */
    void bundle(String name, int scale) {
        bundled.put(
                name + ".onnx",
                TestModels.declare(TestModels.nearest(scale), scale, 0).build());
    }

    /** Where imported models lie. */
    Path imports() {
        return folder.resolve("models");
    }

    /** A file that is not imported. */
    Path write(String name, OnnxBuilder model) throws IOException {
        return Files.write(folder.resolve(name), model.build());
    }

    ModelCard find(@Nullable String name, @Nullable Integer scale) {
        return catalogue().find(name, scale);
    }

    Catalogue catalogue() {
        Shelf shelf = new Shelf() {
            @Override
            public List<String> names() {
                return BundledShelf.models(bundled.keySet().stream());
            }

            @Override
            public ModelFiles open(String name) {
                return ModelFiles.of(name, bundled::get);
            }

            @Override
            public String source(String name) {
                return ModelCard.BUNDLED;
            }
        };
        return new Catalogue(shelf, imports(), said);
    }
}
