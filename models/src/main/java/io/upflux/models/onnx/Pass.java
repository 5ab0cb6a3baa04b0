package io.upflux.models.onnx;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which of a model's graphs an {@code .onnx} file holds. A model has one that leads, which gives it its name. */
public enum Pass {
    /** Leads: a local network, whole. */
    PLAIN,
    /** Leads: a network that looks at the whole picture, and tells what it saw: the context. */
    KEY,
    /** The key graph's network with the context as an input, and so local. */
    BODY,
    /** The first of two stages: windows by themselves up to the features of the last, for batches of them. */
    FEATURES,
    /** The same, told where the picture ends, for windows at its edge. */
    EDGE_FEATURES,
    /** The body with convolutions that shrink, for batches of windows; or the last of two stages, of features. */
    WINDOWS,
    /** The last of two stages, told where the picture ends. */
    EDGE_WINDOWS,
    /** The whole network, deciding by itself which windows may leave it early. */
    HALTING;

    private static final String SUFFIX = ".onnx";

    /** Whether the file stands for its model; the others lie beside it. */
    public boolean leads() {
        return this == PLAIN || this == KEY;
    }

    /** Whether its convolutions shrink. */
    boolean shrinks() {
        return makesFeatures() || enlargesWindows();
    }

    /** Whether it enlarges windows by themselves, in one stage or as the last of two. */
    boolean enlargesWindows() {
        return this == WINDOWS || this == EDGE_WINDOWS;
    }

    /** Whether it is the first of two stages. */
    boolean makesFeatures() {
        return this == FEATURES || this == EDGE_FEATURES;
    }

    /** Whether it is told where the picture ends. */
    boolean atEdge() {
        return this == EDGE_FEATURES || this == EDGE_WINDOWS;
    }

    /** Whether it sees the whole picture in its tile, and so gives a context and takes none. */
    boolean looks() {
        return this == KEY || this == HALTING;
    }

    /** What follows a model's name in the name of this file. */
    public String suffix() {
        return leads() ? SUFFIX : "." + this + SUFFIX;
    }

    /** Whether a file of this name leads a model, as far as names tell. */
    public static boolean namesLeader(String file) {
        if (!file.endsWith(SUFFIX)) {
            return false;
        }
        for (Pass pass : values()) {
            if (!pass.leads() && file.endsWith(pass.suffix())) {
                return false;
            }
        }
        return true;
    }

    /** Null when there is none of this name. */
    static @Nullable Pass named(String name) {
        for (Pass pass : values()) {
            if (pass.toString().equals(name)) {
                return pass;
            }
        }
        return null;
    }

    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
