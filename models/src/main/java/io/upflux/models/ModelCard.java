package io.upflux.models;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.upflux.models.onnx.Contract;
import io.upflux.models.onnx.Pass;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What there is to know about one model before running it. As JSON, the contract's keys stand beside the card's own.
 *
 * @param name catalogue name, such as {@code plain-s-x2}; of a file outside the catalogue, its name without
 *     {@code .onnx}
 * @param parameters numbers in the weights, 0 for resizers
 * @param macs multiplications for each LR pixel of a whole picture, 0 where nobody says
 * @param sha256 of the file, lower-case hexadecimal; null for resizers
 * @param source {@code bundled}, or the path of the file
 * @param passes graphs there are, the one that leads first
 */
public record ModelCard(
        String name,
        long parameters,
        long macs,
        @Nullable String sha256,
        String source,
        List<Pass> passes,
        @JsonUnwrapped Contract contract) {
    static final String BUNDLED = "bundled";

    /** Whether it comes with Upflux. */
    public boolean bundled() {
        return source.equals(BUNDLED);
    }

    /** Whether windows may leave it early. */
    public boolean halts() {
        return passes.contains(Pass.HALTING);
    }

    /** Enlargement in both directions. */
    public int scale() {
        return contract.scale();
    }

    /** Whether it has learned weights; resizers have none. */
    public boolean trained() {
        return sha256 != null;
    }

    /** {@code final}, {@code preview}, or {@code imported}. */
    public String state() {
        return contract.state();
    }

    /** Its own evaluation: dB on Y per test set. */
    public Map<String, Double> psnr() {
        return contract.psnr();
    }
}
