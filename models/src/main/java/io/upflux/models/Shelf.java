package io.upflux.models;

import io.upflux.models.onnx.ModelFiles;
import java.util.List;

/** A place where model files lie under catalogue names. */
interface Shelf {
    /** Names of models, which are those of their main files without {@code .onnx}, sorted. */
    List<String> names();

    /**
     * Reads the model of a listed name, with all its graphs.
     *
     * @throws io.upflux.pipeline.StreamException when one cannot be read or is no ONNX model
     */
    ModelFiles open(String name);

    /** What {@link ModelCard#source} says of it. */
    String source(String name);
}
