package io.upflux.codecs;

import io.upflux.codecs.input.Secrets;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Kinds of files by the extensions of their names. */
public final class MediaNames {
    private static final List<String> WRITABLE = List.of(
            "mp4", "m4v", "mov", "mkv", "webm", "ts", "mts", "m2ts", "png", "jpg", "jpeg", "webp", "bmp", "tif",
            "tiff");

    private static final Set<String> PICTURES =
            Set.of("png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff", "gif", "apng", "ppm", "pgm");
    private static final Set<String> PICTURES_TO_PNG = Set.of("ppm", "pgm");
    private static final Set<String> VIDEOS = Set.of(
            "mp4", "m4v", "mov", "mkv", "webm", "ts", "mts", "m2ts", "avi", "flv", "f4v", "mpg", "mpeg", "m2v", "vob",
            "wmv", "asf", "ogv", "3gp", "3g2", "mxf", "y4m", "ivf", "264", "h264", "265", "hevc", "av1", "obu");

    private MediaNames() {}

    /** What can be written as it is read. */
    public static List<String> writable() {
        return WRITABLE;
    }

    /** Whether files of an extension can be written. */
    public static boolean isWritable(String extension) {
        return WRITABLE.contains(extension);
    }

    /**
     * The extension for what is made of a file: its own where that can be written, else Matroska, which holds
     * everything, or PNG.
     */
    public static String writtenAs(String name) {
        String extension = extension(name);
        if (isWritable(extension)) {
            return extension;
        }
        return PICTURES_TO_PNG.contains(extension) ? "png" : "mkv";
    }

    /** Whether a name says that it is a picture's. */
    public static boolean isPicture(String name) {
        return PICTURES.contains(extension(name));
    }

    /** Whether a name says that it is a video's or a picture's. */
    public static boolean isMedia(String name) {
        return isPicture(name) || VIDEOS.contains(extension(name));
    }

    /** An address without what may be secret in it, to be said aloud: user, password and query. */
    public static String shown(String url) {
        return Secrets.without(url);
    }

    /** The part after the last dot in lower case, empty when there is none. */
    public static String extension(String name) {
        return name.substring(stem(name).length()).replaceFirst("^\\.", "").toLowerCase(Locale.ROOT);
    }

    /** The part before the last dot. */
    public static String stem(String name) {
        int dot = name.lastIndexOf('.');
        return dot <= 0 ? name : name.substring(0, dot);
    }
}
