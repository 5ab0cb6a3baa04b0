package io.upflux.server.cli;

import io.upflux.server.config.Times;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads what {@link Times} reads; else it is wrong usage. */
public final class TimeConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
        try {
            return Times.parse(value);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
