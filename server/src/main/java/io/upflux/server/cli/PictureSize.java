package io.upflux.server.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Width and height in pixels, both even, as 4:2:0 needs them. */
record PictureSize(int width, int height) {
    /** Reads {@code 640x360}. */
    static final class Converter implements ITypeConverter<PictureSize> {
        private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");

        @Override
        public PictureSize convert(String value) {
            Matcher size = SIZE.matcher(value);
            if (size.matches()) {
                PictureSize read = new PictureSize(Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2)));
                if (read.width >= 16 && read.height >= 16 && read.width % 2 == 0 && read.height % 2 == 0) {
                    return read;
                }
            }
            throw new TypeConversionException("'" + value + "' is no size; write two even numbers from 16 on: 640x360");
        }
    }
}
