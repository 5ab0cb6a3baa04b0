package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import io.upflux.buffer.Closer;
import io.upflux.pipeline.TilePlanes;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/** Pictures as samples. */
record SamplePictures(PictureSamples from, PictureSamples to) implements Pictures {
    @Override
    public @Nullable PlaneCoding coding() {
        return null;
    }

    @Override
    public void addTo(Ends ends, int first, int count, Closer owner) throws OrtException {
        ends.inputs().put(ends.graph().input().name(), owner.own(from.tensor(first, count)));
        ends.outputs().put(ends.graph().output().name(), owner.own(to.tensor(first, count)));
    }

    @Override
    public void feed() {
        from.feed();
    }

    @Override
    public void collect() {
        to.collect();
    }

    @Override
    public FloatBuffer input() {
        return from.samples();
    }

    @Override
    public FloatBuffer output() {
        return to.samples();
    }

    @Override
    public @Nullable TilePlanes planes() {
        return null;
    }
}
