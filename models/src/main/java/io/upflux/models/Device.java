package io.upflux.models;

import io.upflux.models.onnx.Execution;
import io.upflux.pipeline.StreamException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where networks run: {@code auto} (a GPU if one works, otherwise the CPU), {@code cpu}, {@code cuda} or
 * {@code cuda:INDEX}.
 *
 * @param index of the GPU, 0 unless named
 */
public record Device(Kind kind, int index) {
    public static final Device AUTO = new Device(Kind.AUTO, 0);
    public static final Device CPU = new Device(Kind.CPU, 0);

    private static final Pattern CUDA = Pattern.compile("cuda(?::([0-9]{1,3}))?");

    /** What is wished for. */
    public enum Kind {
        AUTO,
        CPU,
        CUDA
    }

    /**
     * Reads one of the four forms.
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
        Matcher cuda = CUDA.matcher(lower);
        if (!cuda.matches()) {
            throw new StreamException("device '" + text + "' is unknown; use auto, cpu, cuda or cuda:INDEX");
        }
        return new Device(Kind.CUDA, cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1)));
    }

    Execution execution(int threads) {
        Execution.Cuda cuda = switch (kind) {
            case AUTO -> Execution.Cuda.IF_PRESENT;
            case CPU -> Execution.Cuda.NEVER;
            case CUDA -> Execution.Cuda.ASKED;
        };
        return new Execution(cuda, index, threads);
    }

    @Override
    public String toString() {
        return switch (kind) {
            case AUTO -> "auto";
            case CPU -> "cpu";
            case CUDA -> "cuda:" + index;
        };
    }
}
