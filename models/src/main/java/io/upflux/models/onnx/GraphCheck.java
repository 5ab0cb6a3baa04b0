package io.upflux.models.onnx;

import io.upflux.models.onnx.Contract.Format;
import io.upflux.models.onnx.Contract.Size;
import io.upflux.models.onnx.OnnxGraph.Side;
import io.upflux.models.onnx.OnnxGraph.Tensor;
import io.upflux.pipeline.StreamException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a graph has the form of a super-resolution model, and what its signature alone tells: a picture in, a
 * picture out, as NCHW.
 *
 * @param channels 0 when the graph leaves it open
 * @param half whether samples are float16
 * @param tile null when sides are free
 * @param batch 0 when free
 */
record GraphCheck(
        Tensor input,
        Tensor output,
        int channels,
        boolean half,
        @Nullable Size tile,
        int batch) {
    private static final int FLOAT = 1;
    private static final int FLOAT16 = 10;
    private static final String[] TYPES = {
        "no tensor",
        "float32",
        "uint8",
        "int8",
        "uint16",
        "int16",
        "int32",
        "int64",
        "string",
        "bool",
        "float16",
        "float64",
        "uint32",
        "uint64"
    };

    /** @throws StreamException when it cannot be a model that Upflux runs */
    static GraphCheck of(OnnxFile file) {
        OnnxGraph graph = file.graph();
        knownOperators(file);
        return of(file, only(file.label(), "input", graph.inputs()), only(file.label(), "output", graph.outputs()));
    }

    /** The same where the graph has more inputs and outputs than the pictures. */
    static GraphCheck of(OnnxFile file, Tensor input, Tensor output) {
        knownOperators(file);
        String label = file.label();
        picture(label, "input", input);
        picture(label, "output", output);
        int channels = channels(label, input.sides());
        List<Side> sides = input.sides();
        boolean fixed =
                sides.size() == 4 && sides.get(2).fixed() && sides.get(3).fixed();
        if (sides.size() == 4 && sides.get(2).fixed() != sides.get(3).fixed()) {
            throw new StreamException(
                    label + ": fixes only one side of its input; export it with both fixed or both free");
        }
        Size tile =
                fixed ? new Size((int) sides.get(3).length(), (int) sides.get(2).length()) : null;
        int batch =
                !sides.isEmpty() && sides.get(0).fixed() ? (int) sides.get(0).length() : 0;
        return new GraphCheck(input, output, channels, input.elementType() == FLOAT16, tile, batch);
    }

    /** What it is fed with, once the channels are known. */
    Format format(int knownChannels) {
        return Format.of(knownChannels, half);
    }

    boolean halfOutput() {
        return output.elementType() == FLOAT16;
    }

    /** Its element type, for people. */
    static String type(Tensor tensor) {
        int type = tensor.elementType();
        return type >= 0 && type < TYPES.length ? TYPES[type] : "type " + type;
    }

    private static void knownOperators(OnnxFile file) {
        Set<String> custom = file.graph().customOperators();
        if (!custom.isEmpty()) {
            throw new StreamException(file.label() + ": uses operators outside ONNX, " + String.join(", ", custom)
                    + ", which ONNX Runtime does not know; export it without them");
        }
    }

    private static Tensor only(String label, String which, List<Tensor> tensors) {
        if (tensors.size() != 1) {
            throw new StreamException(label + ": has " + tensors.size() + " " + which
                    + "s where a super-resolution model has one " + which);
        }
        return tensors.get(0);
    }

    private static void picture(String label, String which, Tensor tensor) {
        if (tensor.elementType() != FLOAT && tensor.elementType() != FLOAT16) {
            throw new StreamException(
                    label + ": its " + which + " is " + type(tensor) + "; supported are float32 and float16");
        }
        if (tensor.ranked() && tensor.sides().size() != 4) {
            throw new StreamException(label + ": is no super-resolution model: its " + which + " has "
                    + tensor.sides().size() + " dimensions, not the 4 of pictures (batch, channels, height, width)");
        }
    }

    private static int channels(String label, List<Side> sides) {
        if (sides.size() != 4 || !sides.get(1).fixed()) {
            return 0;
        }
        long channels = sides.get(1).length();
        if (channels != 1 && channels != 3) {
            String hint = sides.get(3).length() == 3 ? " (it takes channels last; export it as NCHW)" : "";
            throw new StreamException(
                    label + ": takes " + channels + " channels; supported are 1 (luma) and 3 (RGB)" + hint);
        }
        return (int) channels;
    }
}
