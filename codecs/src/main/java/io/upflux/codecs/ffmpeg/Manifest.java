package io.upflux.codecs.ffmpeg;

import java.io.InputStream;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * What FFmpeg reads by libxml2: manifests of DASH (ISO/IEC 23009-1), and composition playlists and asset maps of IMF
 * (SMPTE ST 2067-3 and ST 429-9).
 *
 * <p>libxml2 goes on after errors and prints each, which takes minutes where there are millions. So a document is parsed here before,
 * and what has any, or may be taken in another way than here, does not get there.
 */
final class Manifest {
    /** Of XML, behind a byte order mark; blanks may be as many as are looked at. */
    private static final Pattern BEGINNING = Pattern.compile("(?:\\xEF\\xBB\\xBF)?\\s*+(?:<|\\z)");

    /** Anywhere, in comments, too. */
    private static final Pattern MARK =
            Pattern.compile("<(?:[^\\s<>:]++:)?(?:MPD|CompositionPlaylist)", Pattern.CASE_INSENSITIVE);

    private static final String MOST_ATTRIBUTES = "jdk.xml.elementAttributeLimit";

    /** That of libxml2. */
    private static final int MOST_DEPTH = 256;

    private static final XMLInputFactory PARSERS = XMLInputFactory.newDefaultFactory();

    static {
        PARSERS.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        PARSERS.setProperty(MOST_ATTRIBUTES, 200);
    }

    private Manifest() {}

    /** Whether a text that begins so may be one. */
    static boolean mayBegin(CharSequence beginning) {
        return BEGINNING.matcher(beginning).lookingAt();
    }

    static boolean is(CharSequence text) {
        return MARK.matcher(text).find();
    }

    /**
     * The most representations that any of a manifest's periods has, which are the root's children: FFmpeg reads one of them.
     *
     * @throws XMLStreamException if it is not well-formed, or has a document type, more than 200 attributes at an element, or another
     *     version or encoding than 1.0 and UTF-8
     */
    static int representations(InputStream document) throws XMLStreamException {
        XMLStreamReader reader = PARSERS.createXMLStreamReader(document);
        requirePlain(reader);
        int most = 0;
        int count = 0;
        int depth = 0;
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamReader.DTD, XMLStreamReader.ENTITY_REFERENCE ->
                    throw new XMLStreamException("document types are not read", reader.getLocation());
                case XMLStreamReader.START_ELEMENT -> {
                    // FFmpeg compares names so.
                    String name = reader.getLocalName().toLowerCase(Locale.ROOT);
                    if (depth == 1 && "period".equals(name)) {
                        count = 0;
                    } else if ("representation".equals(name)) {
                        most = Math.max(most, ++count);
                    }
                    if (++depth > MOST_DEPTH) {
                        throw new XMLStreamException("too deep", reader.getLocation());
                    }
                }
                case XMLStreamReader.END_ELEMENT -> depth--;
                default -> {}
            }
        }
        return most;
    }

    private static void requirePlain(XMLStreamReader reader) throws XMLStreamException {
        String version = reader.getVersion();
        String stated = reader.getCharacterEncodingScheme();
        if ((version != null && !"1.0".equals(version))
                || (stated != null && !"utf-8".equalsIgnoreCase(stated) && !"us-ascii".equalsIgnoreCase(stated))
                || !"utf-8".equalsIgnoreCase(reader.getEncoding())) {
            throw new XMLStreamException("only version 1.0 in UTF-8 is read", reader.getLocation());
        }
    }
}
