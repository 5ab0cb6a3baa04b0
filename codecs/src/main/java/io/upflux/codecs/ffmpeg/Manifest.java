package io.upflux.codecs.ffmpeg;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Manifests of DASH (ISO/IEC 23009-1) as FFmpeg sees them: it takes for one what has {@code <MPD} anywhere, in comments, too, and
 * compares names without case and without the prefixes of namespaces.
 */
final class Manifest {
    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.DOTALL;

    /** Of XML, behind a byte order mark; blanks may be as many as are looked at. */
    private static final Pattern BEGINNING = Pattern.compile("(?:\\xEF\\xBB\\xBF)?\\s*+(?:<|\\z)");

    private static final Pattern MARK = Pattern.compile("<(?:[^\\s<>:]++:)?MPD", FLAGS);

    /** A document type's entities, and other encodings, can hide tags. */
    private static final Pattern OPAQUE = Pattern.compile(
            "<!DOCTYPE|\\A(?:\\xEF\\xBB\\xBF)?\\s*+<\\?xml\\s[^>]*?\\sencoding\\s*+=\\s*+[\"'](?!(?:utf-8|us-ascii)[\"'])",
            FLAGS);

    /** What has no tags in it, and tags. What is left open goes to the end, for nothing is to be looked at twice. */
    private static final Pattern ITEM = Pattern.compile(
            "<!--.*?(?:-->|\\z)|<!\\[CDATA\\[.*?(?:]]>|\\z)|<\\?.*?(?:\\?>|\\z)|(?<end></)[^<>]*+>"
                    + "|<(?:[^\\s<>:/]++:)?(?:(?<period>Period\\b)|(?<representation>Representation\\b))?+"
                    + "(?:[^<>\"']++|\"[^<\"]*+\"|'[^<']*+')*+>",
            FLAGS);

    private Manifest() {}

    /** Whether a text that begins so may be one. */
    static boolean mayBegin(CharSequence beginning) {
        return BEGINNING.matcher(beginning).lookingAt();
    }

    static boolean is(CharSequence text) {
        return MARK.matcher(text).find();
    }

    /** Whether one cannot tell what is in it without reading it as FFmpeg does. */
    static boolean isOpaque(CharSequence manifest) {
        return OPAQUE.matcher(manifest).find();
    }

    /** The most that any period has, which are the root's children: FFmpeg reads one of them. */
    static int representations(CharSequence manifest) {
        int most = 0;
        int count = 0;
        int depth = 0;
        Matcher item = ITEM.matcher(manifest);
        while (item.find()) {
            char second = manifest.charAt(item.start() + 1);
            if (second == '!' || second == '?') {
                continue;
            }
            if (item.start("end") >= 0) {
                depth--;
                continue;
            }
            if (item.start("period") >= 0 && depth == 1) {
                count = 0;
            } else if (item.start("representation") >= 0) {
                most = Math.max(most, ++count);
            }
            if (manifest.charAt(item.end() - 2) != '/') {
                depth++;
            }
        }
        return most;
    }
}
