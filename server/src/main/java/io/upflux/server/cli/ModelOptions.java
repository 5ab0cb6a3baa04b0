package io.upflux.server.cli;

import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.Halting;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Which network runs, and on what. */
public final class ModelOptions {
    @Option(
            names = {"-n", "--model"},
            paramLabel = "MODEL",
            description = "Model name as 'upflux models' lists it, or an .onnx file (default: plain-s of the scale).")
    private @Nullable String model;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            converter = DeviceConverter.class,
            defaultValue = "auto",
            description = {
                "auto, cpu, cuda[:INDEX] or tensorrt[:INDEX]; a GPU that is named and does not work is an error",
                "(default: auto: cuda where it works, else cpu)."
            })
    @SuppressWarnings("NullAway.Init") // picocli sets the default
    private Device device;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Processors to use for inference and encoding (default: all; on Spark those of a task, one).")
    private int threads;

    @Option(
            names = "--halting",
            paramLabel = "off|T",
            converter = HaltingConverter.class,
            defaultValue = "off",
            description = {
                "Let networks that can stop computing a window of 8x8 pixels once their summed confidence reaches T,",
                "0.95 in AdaFormer's paper; less than the network has blocks but one (default: off)."
            })
    @SuppressWarnings("NullAway.Init") // picocli sets the default
    private Halting halting;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    /** As it was given; null for the default. */
    @Nullable
    public String model() {
        return model;
    }

    /**
     * Looks whether a model of that name is known, before anything is opened.
     *
     * @throws ParameterException when there is none, or none in that scale
     */
    public void check(@Nullable Integer scale) {
        if (model != null && !Catalogue.isPath(model)) {
            find(Catalogue.standard(), scale);
        }
    }

    /**
     * @throws StreamException when it does not run
     * @throws ParameterException when there is no model of that name, or none in that scale
     */
    SuperResolver open(Catalogue catalogue, @Nullable Integer scale) {
        return open(catalogue, find(catalogue, scale));
    }

    /**
     * @throws StreamException when it does not run, or cannot halt and should
     * @throws ParameterException when its windows would never reach the threshold
     */
    SuperResolver open(Catalogue catalogue, ModelCard card) {
        return open(catalogue, card, threads);
    }

    /** As {@link #open(Catalogue, ModelCard)}, with a number of threads for this one, 0 for all processors. */
    SuperResolver open(Catalogue catalogue, ModelCard card, int ownThreads) {
        requireReachable(card);
        return catalogue.open(card, device, ownThreads, halting);
    }

    private ModelCard find(Catalogue catalogue, @Nullable Integer scale) {
        try {
            return catalogue.find(model, scale);
        } catch (StreamException e) {
            if (model != null && Catalogue.isPath(model)) {
                throw e;
            }
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
    }

    private void requireReachable(ModelCard card) {
        if (!halting.isReachable(card)) {
            int blocks = card.contract().blocks();
            throw new ParameterException(
                    spec.commandLine(),
                    "--halting " + halting + ": " + card.name() + " has " + blocks + " blocks, so T must be less than "
                            + (blocks - 1));
        }
    }

    /** Whether windows may halt. */
    boolean halts() {
        return halting.on();
    }

    /** As {@link Halting#parse} takes it. */
    public String halting() {
        return halting.on() ? BigDecimal.valueOf(halting.threshold()).toPlainString() : "off";
    }

    /** As {@link Device#parse} takes it. */
    public String device() {
        return device.toString();
    }

    /** 0 for as many as there are processors. */
    public int threads() {
        return threads;
    }

    /** A wrong device is wrong usage. */
    static final class DeviceConverter implements ITypeConverter<Device> {
        @Override
        public Device convert(String value) {
            try {
                return Device.parse(value);
            } catch (StreamException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** A wrong threshold, too. */
    static final class HaltingConverter implements ITypeConverter<Halting> {
        @Override
        public Halting convert(String value) {
            try {
                return Halting.parse(value);
            } catch (StreamException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
