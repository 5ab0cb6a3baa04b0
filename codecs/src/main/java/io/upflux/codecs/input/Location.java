package io.upflux.codecs.input;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.storage.Storage;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/**
 * What the user wrote for an input, and what FFmpeg is given for it.
 *
 * @param name for messages
 * @param url for FFmpeg
 * @param kind how it is read
 * @param path of local files and named pipes
 * @param options of the demuxer that go with it
 */
record Location(
        String name, String url, Kind kind, @Nullable Path path, Map<String, String> options) {
    /** Two letters at least, so that {@code C:} stays a drive. */
    private static final Pattern SCHEME = Pattern.compile("^[a-zA-Z][a-zA-Z0-9+.-]+:.*", Pattern.DOTALL);

    /** A playlist or stream description on the local disk must not make us fetch things from elsewhere. */
    private static final String LOCAL_PROTOCOLS = "file,pipe,crypto,data,fd";

    /** A list cannot be empty, or it would allow all. */
    private static final String NO_PROTOCOL = "none";

    private static final String SENT_FORMATS = "mpegts,matroska,webm,flv,mov,mp4";

    /** The file is there under this very name, so a % in it is no pattern for numbered pictures. */
    private static final Map<String, String> ONE_FILE = Map.of("pattern_type", "none");

    private Location(String name, String url, Kind kind) {
        this(name, url, kind, null, Map.of());
    }

    enum Kind {
        /** A file, or another protocol that never leaves this machine. */
        LOCAL,
        STANDARD_INPUT,
        NAMED_PIPE,
        /** What somebody else sends, who must not make us open anything. */
        CHANNEL,
        /** A file in a {@link Storage}, which may lead to nothing else. */
        STORED,
        /** Reading may stall, so deadlines apply. */
        NETWORK
    }

    /** @throws StreamException when a local file cannot be read, saying why */
    static Location of(String name) {
        if (name.equals("-") || name.equals("pipe:") || name.equals("pipe:0")) {
            return new Location("standard input", "pipe:0", Kind.STANDARD_INPUT);
        }
        if (SCHEME.matcher(name).matches() && !isFile(name)) {
            if (Storage.of(name).isPresent()) {
                return new Location(name, "", Kind.STORED);
            }
            String scheme = name.substring(0, name.indexOf(':')).toLowerCase(Locale.ROOT);
            return switch (scheme) {
                case "file" -> local(name, path(name, name.substring("file:".length())));
                case "data", "fd" -> new Location(name, name, Kind.LOCAL);
                default -> new Location(Secrets.without(name), name, Kind.NETWORK);
            };
        }
        return local(name, path(name, name));
    }

    /** Bytes that the caller delivers. */
    static Location channel(String name) {
        return new Location(name, "", Kind.CHANNEL);
    }

    boolean isNetwork() {
        return kind == Kind.NETWORK;
    }

    /**
     * What it may lead to; empty for FFmpeg's own rule, by which a network protocol leads to its like and never to a
     * local file.
     */
    String protocols() {
        return switch (kind) {
            case NETWORK -> "";
            case CHANNEL, STORED -> NO_PROTOCOL;
            default -> LOCAL_PROTOCOLS;
        };
    }

    /** Containers it may be of; empty for any. What is sent refers to no other files, as playlists do. */
    String formats() {
        return switch (kind) {
            case LOCAL, STORED -> "";
            case CHANNEL -> SENT_FORMATS;
            default -> ConcatList.otherFormats();
        };
    }

    /**
     * Why it cannot be opened.
     *
     * @param code FFmpeg's
     * @param keys of the options that it was opened with
     */
    StreamException failure(int code, Set<String> keys) {
        boolean invalid = code == avutil.AVERROR_EINVAL() || code == avutil.AVERROR_ERANGE();
        if (invalid && !keys.isEmpty()) {
            // Their values may be secret.
            return new StreamException(
                    name + ": the input does not take the value of " + String.join(" or ", new TreeSet<>(keys)));
        }
        if (kind == Kind.LOCAL && code == avutil.AVERROR_ENOENT()) {
            // It has vanished since it was looked at.
            return new StreamException(name + ": no such file");
        }
        // What is of a container that it may not be of is invalid, too.
        return new StreamException(name + ": "
                + (invalid || code == avutil.AVERROR_INVALIDDATA
                        ? "not a media file, or damaged beyond reading"
                        : Av.text(code)));
    }

    private static boolean isFile(String name) {
        try {
            return Files.exists(Path.of(name));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static Path path(String name, String path) {
        try {
            return Path.of(path);
        } catch (InvalidPathException e) {
            throw new StreamException(name + ": not a file name in this locale: " + e.getReason(), e);
        }
    }

    private static Location local(String name, Path path) {
        BasicFileAttributes file;
        try {
            // All at once: it may vanish between two looks.
            file = Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            NumberedPictures pictures = NumberedPictures.of(name, path);
            if (pictures == null) {
                throw new StreamException(name + ": no such file", e);
            }
            return new Location(name, pictures.url(), Kind.LOCAL, null, pictures.options());
        } catch (AccessDeniedException e) {
            throw new StreamException(name + ": permission denied", e);
        } catch (IOException e) {
            throw new StreamException(name + ": " + e.getMessage(), e);
        }
        if (file.isDirectory()) {
            throw new StreamException(name + ": is a folder, not a media file");
        }
        if (!Files.isReadable(path)) {
            throw new StreamException(name + (Files.exists(path) ? ": permission denied" : ": no such file"));
        }
        if (file.isRegularFile() && file.size() == 0) {
            throw new StreamException(name + ": the file is empty");
        }
        if (file.isRegularFile()) {
            ConcatList.refuseNested(name, path);
        }
        return new Location(name, "file:" + path, file.isRegularFile() ? Kind.LOCAL : Kind.NAMED_PIPE, path, ONE_FILE);
    }
}
