package io.upflux.models.onnx;

import io.upflux.models.onnx.Contract.Range;
import io.upflux.models.onnx.Contract.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a file's metadata declares; null where it says nothing.
 *
 * @param format as written, since it may name one that this runtime does not feed
 */
record Declaration(
        @Nullable String network,
        @Nullable Integer scale,
        @Nullable Pass pass,
        @Nullable String format,
        @Nullable Range range,
        @Nullable String colour,
        @Nullable Integer align,
        @Nullable Integer window,
        @Nullable Size tile,
        @Nullable Integer batch,
        @Nullable Integer halo,
        @Nullable Integer blocks,
        @Nullable Integer margin,
        @Nullable Integer reach,
        @Nullable String context,
        List<String> gather,
        @Nullable String weights,
        @Nullable String licence,
        @Nullable String training,
        Map<String, Double> psnr,
        @Nullable String state) {

    /** Keys that a resolver cannot do without and that are not declared. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (scale == null) {
            missing.add("scale");
        }
        if (range == null) {
            missing.add("range");
        }
        if (align == null) {
            missing.add("align");
        }
        if (halo == null) {
            missing.add("halo");
        }
        return missing;
    }
}
