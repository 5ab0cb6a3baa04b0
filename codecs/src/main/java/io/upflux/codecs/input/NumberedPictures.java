package io.upflux.codecs.input;

import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Pictures that are numbered in their names, which together are a video: FFmpeg's image2 demuxer.
 *
 * @param name for messages
 * @param folder where they lie; null for the current one
 * @param before what their names have before the number
 * @param digits least number of digits, zeros in front
 * @param after what their names have behind it
 */
record NumberedPictures(String name, @Nullable Path folder, String before, int digits, String after) {
    private static final Pattern NUMBER = Pattern.compile("%0?(\\d{0,2})d");
    private static final Pattern DIGITS = Pattern.compile("\\d{1,9}");

    /** What a path such as {@code frames/%04d.png} stands for; null when there is no such number in its last part. */
    static @Nullable NumberedPictures of(String name, Path path) {
        String file = String.valueOf(path.getFileName());
        Matcher number = NUMBER.matcher(file);
        if (!number.find()) {
            return null;
        }
        int digits = number.group(1).isEmpty() ? 1 : Integer.parseInt(number.group(1));
        return new NumberedPictures(
                name, path.getParent(), file.substring(0, number.start()), digits, file.substring(number.end()));
    }

    /** For FFmpeg, which takes any other % for itself. */
    String url() {
        String parent = folder == null ? "" : folder + "/";
        return "file:" + (parent + before).replace("%", "%%") + "%0" + digits + "d" + after.replace("%", "%%");
    }

    /**
     * Options of the demuxer, which would end before a number that is missing and say nothing.
     *
     * @throws StreamException when there are no such pictures, or not all from the first number to the last
     */
    Map<String, String> options() {
        NavigableSet<Integer> numbers = numbers();
        if (numbers.isEmpty()) {
            throw new StreamException(name + ": no such file, and none with a number in its place: " + file(0) + ", "
                    + file(1) + " and so on");
        }
        int expected = numbers.first();
        for (int number : numbers) {
            if (number != expected) {
                throw new StreamException(name + ": " + file(expected) + " is missing between " + file(numbers.first())
                        + " and " + file(numbers.last()));
            }
            expected++;
        }
        return Map.of("pattern_type", "sequence", "start_number", Integer.toString(numbers.first()));
    }

    private NavigableSet<Integer> numbers() {
        NavigableSet<Integer> numbers = new TreeSet<>();
        try (Stream<Path> files = Files.list(folder == null ? Path.of("") : folder)) {
            files.map(file -> String.valueOf(file.getFileName())).forEach(file -> {
                int end = file.length() - after.length();
                String number = file.startsWith(before) && file.endsWith(after) && end > before.length()
                        ? file.substring(before.length(), end)
                        : "";
                if (DIGITS.matcher(number).matches() && file.equals(file(Integer.parseInt(number)))) {
                    numbers.add(Integer.parseInt(number));
                }
            });
            return numbers;
        } catch (NoSuchFileException e) {
            throw new StreamException(name + ": no such folder", e);
        } catch (IOException | UncheckedIOException e) {
            throw new StreamException(name + ": " + e.getMessage(), e);
        }
    }

    private String file(int number) {
        String text = Integer.toString(number);
        return before + "0".repeat(Math.max(0, digits - text.length())) + text + after;
    }
}
