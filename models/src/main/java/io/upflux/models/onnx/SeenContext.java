package io.upflux.models.onnx;

import io.upflux.pipeline.PictureContext;

/** What a key graph has seen of a picture: its context output, copied to the heap. */
final class SeenContext implements PictureContext {
    private final ModelSessions maker;
    private final float[] values;

    /** @param values not to be changed any more */
    SeenContext(ModelSessions maker, float[] values) {
        this.maker = maker;
        this.values = values;
    }

    /** Whether it was made by the same model, on whichever device. */
    boolean isOf(ModelSessions sessions) {
        return maker == sessions
                || maker.main().file().sha256().equals(sessions.main().file().sha256());
    }

    float[] values() {
        return values;
    }

    @Override
    public String toString() {
        return "context of " + values.length + " values";
    }
}
