package io.upflux.models.onnx;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The model contract, complete: what the file's {@code upflux.} metadata says and, where it says nothing, what a probe
 * run found.
 *
 * @param network family the weights belong to, such as {@code plain}
 * @param scale enlargement in both directions
 * @param pass {@code plain} for a local network, {@code key} for one that sees the whole picture
 * @param colour what the samples mean: {@code rgb} or {@code y}
 * @param align sides of the input are multiples of it, LR pixels
 * @param window side of attention windows in LR pixels, 0 without
 * @param tile the only input size it runs, null when free
 * @param batch the only batch size it runs, 0 when free
 * @param halo LR pixels around an output pixel that influence it
 * @param blocks that may halt early, 0 without
 * @param context the output that holds what a key graph has seen, empty without
 * @param licence SPDX identifier, empty when not stated
 * @param training data, steps and device, one line; empty when not stated
 * @param psnr dB on Y per test set, its own evaluation
 * @param state {@code final}, {@code preview}, or {@code imported} for files from elsewhere
 */
public record Contract(
        String network,
        int scale,
        Pass pass,
        Format format,
        Range range,
        String colour,
        int align,
        int window,
        @Nullable Size tile,
        int batch,
        int halo,
        int blocks,
        String context,
        String licence,
        String training,
        Map<String, Double> psnr,
        String state) {

    /** Channels and sample type of input and output. */
    public enum Format {
        RGB_F32(3),
        RGB_F16(3),
        Y_F32(1),
        Y_F16(1);

        private final int channels;

        Format(int channels) {
            this.channels = channels;
        }

        static Format of(int channels, boolean half) {
            return channels == 1 ? half ? Y_F16 : Y_F32 : half ? RGB_F16 : RGB_F32;
        }

        public int channels() {
            return channels;
        }

        @JsonValue
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What white is. */
    public enum Range {
        UNIT(1),
        BYTE(255);

        private final float white;

        Range(float white) {
            this.white = white;
        }

        float white() {
            return white;
        }

        @JsonValue
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** In LR pixels. */
    public record Size(int width, int height) {
        @JsonValue
        @Override
        public String toString() {
            return width + "x" + height;
        }
    }
}
