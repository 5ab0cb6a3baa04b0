package io.upflux.server.cli;

import io.upflux.models.ScaleChoice;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How large pictures shall become: by a factor, or to a height. */
public final class SizeOptions {
    @ArgGroup
    private @Nullable Size size;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    /** One of them. */
    static final class Size {
        @Option(
                names = {"-s", "--scale"},
                paramLabel = "N",
                description = "Factor in both directions: 2, 3 or 4 (default: the model's, or 2).")
        private @Nullable Integer scale;

        @Option(
                names = "--height",
                paramLabel = "PX",
                description = "Height of the output: the smallest scale that reaches it, then an exact resize.")
        private @Nullable Integer height;
    }

    /**
     * What was asked for.
     *
     * @param models which model it is for; looks whether there is one, before anything is opened
     * @throws ParameterException when it cannot be
     */
    public ScaleChoice choice(ModelOptions models) {
        if (size == null) {
            models.check(null);
            return new ScaleChoice(null, null);
        }
        if (size.scale != null && models.model() == null && (size.scale < 2 || size.scale > 4)) {
            throw wrong("--scale is 2, 3 or 4, not " + size.scale + "; -n names a model of another scale");
        }
        if (size.height == null) {
            models.check(size.scale);
        } else if (size.height < 1) {
            throw wrong("--height must be 1 or more, not " + size.height);
        }
        return new ScaleChoice(size.scale, size.height);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
