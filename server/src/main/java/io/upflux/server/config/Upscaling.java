package io.upflux.server.config;

import io.upflux.codecs.MediaNames;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.Halting;
import io.upflux.models.ModelCard;
import io.upflux.models.ScaleChoice;
import io.upflux.pipeline.StreamException;
import io.upflux.reuse.ReuseMode;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a file is to be read, upscaled and written. What is null is left to {@code upflux upscale}.
 *
 * @param model name as {@code upflux models} lists it, or, in the configuration, an .onnx file
 * @param device where the model runs: {@code auto}, {@code cpu}, {@code cuda:INDEX} or {@code tensorrt:INDEX}
 * @param scale factor in both directions
 * @param height lines of the output
 * @param reuse {@code exact}, {@code near} or {@code off}
 * @param halting {@code off} or the threshold at which windows leave the network early
 * @param start time of the file to begin at, as {@link Times} takes it
 * @param duration how much of the file to take, likewise
 * @param videoCodec encoder or codec, as FFmpeg calls it
 * @param crf constant quality, on the encoder's own scale
 * @param bitrate bits a second
 * @param guard whether pictures that come out spoilt are looked for
 * @param container extension of the output, one of {@link MediaNames}
 */
public record Upscaling(
        @Nullable String model,
        @Nullable String device,
        @Nullable Integer scale,
        @Nullable Integer height,
        @Nullable String reuse,
        @Nullable String halting,
        @Nullable Boolean guard,
        @Nullable String start,
        @Nullable String duration,
        @Nullable String videoCodec,
        @Nullable Integer crf,
        @Nullable Long bitrate,
        @Nullable String container) {
    /** Everything left to {@code upflux upscale}. */
    public static final Upscaling USUAL =
            new Upscaling(null, null, null, null, null, null, null, null, null, null, null, null, null);

    private static final int LONGEST_MODEL = 1024;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    /**
     * Reads the keys of these names, of a request or of the configuration.
     *
     * @throws StreamException in one line that names the key, when something is wrong
     */
    public static Upscaling of(Settings settings) {
        Upscaling upscaling = new Upscaling(
                settings.text("model"),
                form(settings, "device", Device::parse),
                settings.integer("scale", 1, 8),
                settings.integer("height", 16, 16384),
                form(settings, "reuse", ReuseMode::parse),
                form(settings, "halting", Halting::parse),
                settings.flag("guard"),
                form(settings, "start", Upscaling::time),
                form(settings, "duration", Upscaling::time),
                settings.text("videoCodec"),
                settings.integer("crf", 0, 63),
                settings.bitrate("bitrate"),
                settings.text("container"));
        if (upscaling.model != null && upscaling.model.length() > LONGEST_MODEL) {
            throw settings.wrong("model", "has up to " + LONGEST_MODEL + " characters");
        }
        if (upscaling.duration != null && Times.parse(upscaling.duration).isZero()) {
            throw settings.wrong("duration", "must be more than 0");
        }
        if (upscaling.scale != null && upscaling.height != null) {
            throw settings.wrong("height", "a scale and a height exclude each other");
        }
        if (upscaling.crf != null && upscaling.bitrate != null) {
            throw settings.wrong("crf", "a quality (crf) and a bitrate exclude each other");
        }
        if (upscaling.videoCodec != null && !NAME.matcher(upscaling.videoCodec).matches()) {
            throw settings.wrong("videoCodec", "is the name of a codec or an encoder, not " + upscaling.videoCodec);
        }
        if (upscaling.container != null && !MediaNames.isWritable(upscaling.container)) {
            throw settings.wrong("container", "is none of " + MediaNames.writable() + ", but " + upscaling.container);
        }
        return upscaling;
    }

    /** As {@link #of}, for somebody who may not make the server open a file as a model. */
    public static Upscaling ofRequest(Settings settings) {
        StreamRequests.checkModel(settings);
        return of(settings);
    }

    /**
     * Looks whether there is such a model and such a device, without opening either.
     *
     * @throws StreamException in one line, when no model is called so, enlarges so, or lets windows halt so, or the device
     *     is not here
     */
    public void check(Catalogue catalogue) {
        if (device != null) {
            Device.parse(device).requirePresent();
        }
        List<ModelCard> candidates = new ScaleChoice(scale, height).candidates(catalogue, model);
        Halting wished = halting == null ? Halting.OFF : Halting.parse(halting);
        for (ModelCard candidate : candidates) {
            catalogue.requireHalting(candidate, wished);
        }
    }

    /** As this one, with the container that suits an input of a name where none was asked for. */
    public Upscaling forInput(String name) {
        String suitable = Objects.requireNonNullElseGet(container, () -> MediaNames.writtenAs(name));
        return new Upscaling(
                model,
                device,
                scale,
                height,
                reuse,
                halting,
                guard,
                start,
                duration,
                videoCodec,
                crf,
                bitrate,
                suitable);
    }

    /** As it is written, if it can be. YAML reads a bare off as false. */
    private static @Nullable String form(Settings settings, String key, Function<String, Object> parser) {
        String text = settings.text(key);
        String said = "false".equals(text) ? "off" : text;
        try {
            return said == null ? null : parser.apply(said).toString();
        } catch (IllegalArgumentException | StreamException e) {
            throw settings.wrong(key, String.valueOf(e.getMessage()));
        }
    }

    /** Kept as it is written, which says more than seconds do. */
    private static String time(String text) {
        Times.parse(text);
        return text;
    }
}
