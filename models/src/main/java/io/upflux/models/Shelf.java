package io.upflux.models;

import io.upflux.models.onnx.OnnxFile;
import java.util.List;

/** A place where model files lie under catalogue names. */
interface Shelf {
    /** Names without {@code .onnx}, sorted. */
    List<String> names();

    /**
     * Reads the model of a listed name.
     *
     * @throws io.upflux.pipeline.StreamException when it cannot be read or is no ONNX model
     */
    OnnxFile open(String name);

    /** What {@link ModelCard#source} says of it. */
    String source(String name);
}
