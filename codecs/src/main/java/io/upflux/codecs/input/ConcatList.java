package io.upflux.codecs.input;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Lists of files that are played one after the other (FFmpeg's concat demuxer). FFmpeg opens a file of a list within the
 * opening of the list, so one that names itself would go on until the stack is full, and what it opens there nobody is asked
 * about. Therefore lists hold no other lists.
 */
final class ConcatList {
    private static final String MARK = "ffconcat version 1.0";

    private static final int BEGINNING = 4096;

    /** How lists begin, this and others; of XML, in which no film is, that it is XML, or may be behind what is looked at. */
    private static final Pattern LIST =
            Pattern.compile(MARK + "|#EXTM3U|(?:\\xEF\\xBB\\xBF)?\\s*+<|\\s{" + BEGINNING + "}");

    private static final Pattern FILE = Pattern.compile("(?:^|[\\n\\r\\x00])[ \\t]*file[ \\t]+([^\\n\\r\\x00]*)");

    private static final String OTHER_FORMATS = otherThan("concat");

    private ConcatList() {}

    /** Names of all demuxers but this one, for places whose lists cannot be looked at beforehand. */
    static String otherFormats() {
        return OTHER_FORMATS;
    }

    /** @throws StreamException when a file is such a list, and what it names is a list, too */
    static void refuseNested(String name, Path file) {
        try {
            if (!beginning(file).startsWith(MARK)) {
                return;
            }
            Matcher entries = FILE.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            while (entries.find()) {
                refuseList(name, file, unquoted(entries.group(1)));
            }
        } catch (IOException e) {
            throw new StreamException(name + ": " + e.getMessage(), e);
        }
    }

    private static void refuseList(String name, Path list, String entry) {
        try {
            if (LIST.matcher(beginning(list.resolveSibling(entry))).lookingAt()) {
                throw new StreamException(name + ": names a list, " + entry + ", and lists in lists are not read");
            }
        } catch (IOException | InvalidPathException e) {
            // FFmpeg finds out when it gets there.
        }
    }

    private static String otherThan(String one) {
        StringJoiner names = new StringJoiner(",");
        try (Pointer state = new Pointer()) {
            AVInputFormat format = avformat.av_demuxer_iterate(state);
            while (format != null) {
                String name = String.valueOf(Av.string(format.name()));
                if (!one.equals(name)) {
                    names.add(name);
                }
                format = avformat.av_demuxer_iterate(state);
            }
        }
        return names.toString();
    }

    private static String beginning(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(BEGINNING), StandardCharsets.ISO_8859_1);
        }
    }

    /** As FFmpeg reads it. */
    private static String unquoted(String text) {
        try (BytePointer cursor = new BytePointer(text, StandardCharsets.ISO_8859_1)) {
            BytePointer token = Av.allocated(avutil.av_get_token(cursor, " \t"), "list");
            try {
                return token.getString(StandardCharsets.UTF_8);
            } finally {
                avutil.av_free(token);
            }
        }
    }
}
