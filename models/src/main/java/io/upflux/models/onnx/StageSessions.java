package io.upflux.models.onnx;

import org.jspecify.annotations.Nullable;

/**
 * The sessions of one of two stages.
 *
 * @param inside of rectangles around which there is picture as far as the graph takes it in
 * @param edge of any, which are told where the picture ends; null without
 */
record StageSessions(ShapeSessions inside, @Nullable ShapeSessions edge) {
    /** What both graphs have in common. */
    PassGraph graph() {
        return inside.graph();
    }
}
