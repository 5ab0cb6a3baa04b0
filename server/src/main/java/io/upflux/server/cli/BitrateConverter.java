package io.upflux.server.cli;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads bits a second as {@code 800000}, {@code 2500k} or {@code 4M}, in powers of 1000 as FFmpeg does. */
final class BitrateConverter implements ITypeConverter<Long> {
    private static final Pattern RATE = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?)([kKM]?)");

    @Override
    public Long convert(String value) {
        Matcher rate = RATE.matcher(value);
        if (rate.matches()) {
            long unit = switch (rate.group(2)) {
                case "M" -> 1_000_000;
                case "" -> 1;
                default -> 1000;
            };
            long bits = new BigDecimal(rate.group(1))
                    .multiply(BigDecimal.valueOf(unit))
                    .longValue();
            if (bits > 0) {
                return bits;
            }
        }
        throw new TypeConversionException(
                "'" + value + "' is no bit rate; write bits a second, 2500k (thousands) or 4M (millions)");
    }
}
