package io.upflux.server.cli;

import java.util.OptionalDouble;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code off}, or a threshold above 0; how high it may be is the network's to say. */
final class HaltingConverter implements ITypeConverter<OptionalDouble> {
    @Override
    public OptionalDouble convert(String value) {
        if (value.equals("off")) {
            return OptionalDouble.empty();
        }
        try {
            double threshold = Double.parseDouble(value);
            if (threshold > 0 && Double.isFinite(threshold)) {
                return OptionalDouble.of(threshold);
            }
        } catch (NumberFormatException e) {
            // Said below, as of numbers that are none.
        }
        throw new TypeConversionException("'" + value + "' is neither off nor a number above 0, such as 0.95");
    }
}
