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
    /** The body with convolutions that shrink, for batches of windows; or the last of two stages, of features. */
    WINDOWS,
    /** The whole network, deciding by itself which windows may leave it early. */
    HALTING;

    private static final String SUFFIX = ".onnx";

    /** Whether the file stands for its model; the others lie beside it. */
    public boolean leads() {
        return this == PLAIN || this == KEY;
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
        return name().toLowerCase(Locale.ROOT);
    }
}
