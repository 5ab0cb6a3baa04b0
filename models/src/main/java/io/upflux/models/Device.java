package io.upflux.models;

import io.upflux.models.onnx.Execution;
import io.upflux.pipeline.StreamException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where networks run: {@code auto} (a GPU if one works, otherwise the CPU), {@code cpu}, {@code cuda[:INDEX]} or
 * {@code tensorrt[:INDEX]}.
 *
 * @param index of the GPU, 0 unless named
 */
public record Device(Kind kind, int index) {
    public static final Device AUTO = new Device(Kind.AUTO, 0);
    public static final Device CPU = new Device(Kind.CPU, 0);

    private static final Pattern GPU = Pattern.compile("(cuda|tensorrt)(?::([0-9]{1,3}))?");

    /** What is wished for. */
    public enum Kind {
        AUTO,
        CPU,
        CUDA,
        TENSORRT
    }

    /**
     * Reads one of these forms.
     *
     * @throws StreamException for anything else
     */
    public static Device parse(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        if (lower.equals("auto")) {
            return AUTO;
        }
        if (lower.equals("cpu")) {
            return CPU;
        }
        Matcher gpu = GPU.matcher(lower);
        if (!gpu.matches()) {
            throw new StreamException(
                    "device '" + text + "' is unknown; use auto, cpu, cuda, tensorrt, cuda:INDEX or tensorrt:INDEX");
        }
        Kind kind = Kind.valueOf(gpu.group(1).toUpperCase(Locale.ROOT));
        return new Device(kind, gpu.group(2) == null ? 0 : Integer.parseInt(gpu.group(2)));
    }

    /**
     * Looks whether this is here, as far as that shows without using it; whether it works only a model that runs there tells.
     *
     * @throws StreamException in one line, when this build cannot use such a device, or this machine has none of the index
     */
    public void requirePresent() {
        execution(0).requirePresent();
    }

    Execution execution(int threads) {
        Execution.Gpu gpu = switch (kind) {
            case AUTO -> Execution.Gpu.IF_PRESENT;
            case CPU -> Execution.Gpu.NEVER;
            case CUDA -> Execution.Gpu.CUDA;
            case TENSORRT -> Execution.Gpu.TENSORRT;
        };
        return new Execution(gpu, index, threads);
    }

    @Override
    public String toString() {
        return switch (kind) {
            case AUTO -> "auto";
            case CPU -> "cpu";
            case CUDA -> "cuda:" + index;
            case TENSORRT -> "tensorrt:" + index;
        };
    }
}
