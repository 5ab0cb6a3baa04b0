package io.upflux.server.segment;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.OutputOptions;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.Halting;
import io.upflux.pipeline.CalibratedResolver;
import io.upflux.pipeline.Calibration;
import io.upflux.pipeline.SuperResolver;
import io.upflux.reuse.ReuseMode;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Everything that decides which frames a job makes and how they are encoded; plain values, to be sent anywhere.
 *
 * @param input path of the source
 * @param reading how it is read
 * @param output path of the result, whose container decides how frames are encoded
 * @param encoding how they are
 * @param model full name or path, as {@link Catalogue#find} takes it
 * @param device as {@link Device#parse} takes it
 * @param threads of one inference and one encoder
 * @param halting as {@link Halting#parse} takes it
 * @param reuse how much a frame may be made from those before it
 * @param guard whether pictures that come out spoilt are looked for
 * @param longest frames of the longest segment: encoders spread their key frames evenly over so many
 * @param calibration of the model, wherever it runs; null to go by what the model supposes
 */
public record JobOptions(
        String input,
        InputOptions reading,
        String output,
        OutputOptions encoding,
        String model,
        String device,
        int threads,
        String halting,
        ReuseMode reuse,
        boolean guard,
        long longest,
        @Nullable Calibration calibration)
        implements Serializable {
    /** With another calibration. */
    JobOptions with(@Nullable Calibration other) {
        return new JobOptions(
                input, reading, output, encoding, model, device, threads, halting, reuse, guard, longest, other);
    }

    /** The model as it is to compute these frames; nothing more to close. */
    SuperResolver calibrated(SuperResolver open) {
        return CalibratedResolver.of(open, calibration);
    }

    /**
     * Opens the model.
     *
     * @return to be closed by the caller
     * @throws io.upflux.pipeline.StreamException when there is no such model, or it does not run
     */
    public SuperResolver openModel(Catalogue catalogue) {
        return catalogue.open(catalogue.find(model, null), Device.parse(device), threads, Halting.parse(halting));
    }
}
