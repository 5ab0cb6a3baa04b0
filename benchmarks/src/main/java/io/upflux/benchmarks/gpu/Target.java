package io.upflux.benchmarks.gpu;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What is wanted of one GPU of the class of an H200, frames from memory, nobody encodes. */
enum Target {
    ADAFORMER_X4_540P("adaformer-x4", 960, 540, Kind.MOVING, 40),
    ADAFORMER_X2_1080P("adaformer-x2", 1920, 1080, Kind.MOVING, 10),
    /** Twice as many as where everything moves. */
    ADAFORMER_X2_1080P_STILL("adaformer-x2", 1920, 1080, Kind.STILL, 20),
    ESC_LIGHT_X2_540P("esc-light-x2", 960, 540, Kind.MOVING, 30),
    PLAIN_M_X2_1080P("plain-m-x2", 1920, 1080, Kind.MOVING, 120),
    PLAIN_M_X2_540P_STREAMS("plain-m-x2", 960, 540, Kind.STREAMS, 30);

    /** How frames come. */
    enum Kind {
        MOVING,
        /** The camera stands still, and pictures are made from earlier ones. */
        STILL,
        /** Eight cameras at once. */
        STREAMS
    }

    static final int STREAMS = 8;

    /** In the 99th percentile, for streams. */
    static final double MOST_SECONDS = 0.05;

    private final String model;
    private final int width;
    private final int height;
    private final Kind kind;
    private final double fps;

    Target(String model, int width, int height, Kind kind, double fps) {
        this.model = model;
        this.width = width;
        this.height = height;
        this.kind = kind;
        this.fps = fps;
    }

    String model() {
        return model;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    Kind kind() {
        return kind;
    }

    /** Frames a second, of each stream. */
    double fps() {
        return fps;
    }

    /** As it is named on a command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static List<String> names() {
        return Arrays.stream(values()).map(Target::toString).toList();
    }
}
