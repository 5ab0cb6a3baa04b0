package io.upflux.models.onnx;

import io.upflux.pipeline.Notices;
import java.util.ArrayList;
import java.util.List;

/** Keeps what was said. */
public final class Said implements Notices {
    public final List<String> warnings = new ArrayList<>();
    public final List<String> infos = new ArrayList<>();

    @Override
    public void warning(String line) {
        warnings.add(line);
    }

    @Override
    public void info(String line) {
        infos.add(line);
    }
}
