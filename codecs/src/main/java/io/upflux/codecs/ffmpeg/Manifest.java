package io.upflux.codecs.ffmpeg;

import io.upflux.pipeline.StreamException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * What FFmpeg reads by libxml2: manifests of DASH (ISO/IEC 23009-1), and composition playlists and asset maps of IMF
 * (SMPTE ST 2067-3 and ST 429-9).
 *
 * <p>libxml2 goes on after errors and prints each, which takes minutes where there are millions. So a document is parsed here before:
 * what is not well-formed, has very much that it may object to, or may be taken in another way than here does not get there.
 */
final class Manifest {
    /** Of XML, behind a byte order mark; blanks may be as many as are looked at. */
    private static final Pattern BEGINNING = Pattern.compile("(?:\\xEF\\xBB\\xBF)?\\s*+(?:<|\\z)");

    private static final int BYTE_ORDER_MARK = 0xEF;

    /** Anywhere, in comments, too. */
    private static final Pattern MARK =
            Pattern.compile("<(?:[^\\s<>:]++:)?(?:MPD|CompositionPlaylist)", Pattern.CASE_INSENSITIVE);

    private static final Pattern ENCODING = Pattern.compile("utf-8|us-ascii", Pattern.CASE_INSENSITIVE);

    private static final int MOST_ATTRIBUTES = 200;

    /** That of libxml2. */
    private static final int MOST_DEPTH = 256;

    /**
     * Names with prefixes, namespaces and processing instructions: libxml2 may have something to say of each, though it is
     * well-formed.
     */
    private static final int MOST_PREFIXED = 100_000;

    /** Of the parser; 0 is without. Entities are those of XML itself, and their limits differ from one Java to the next. */
    private static final Map<String, Integer> LIMITS = Map.of(
            "jdk.xml.elementAttributeLimit", MOST_ATTRIBUTES,
            "jdk.xml.maxElementDepth", 0,
            "jdk.xml.totalEntitySizeLimit", 0,
            "jdk.xml.maxGeneralEntitySizeLimit", 0);

    private final XMLStreamReader reader;
    private int prefixed;

    private Manifest(XMLStreamReader reader) {
        this.reader = reader;
    }

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
     * @throws StreamException if libxml2 had better not see it, without a name
     */
    static int representations(Latin1 text) {
        int mark = text.length() > 0 && text.charAt(0) == BYTE_ORDER_MARK ? 3 : 0;
        InputStream bytes = text.from(mark);
        // What is wrong in UTF-8 is an error to it.
        Reader characters = new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder());
        // One each, since it keeps its latest reader.
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        // Prefixes would be looked up in time that grows with how many there are.
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, false);
        LIMITS.forEach(factory::setProperty);
        try {
            return new Manifest(factory.createXMLStreamReader(characters)).representations();
        } catch (XMLStreamException e) {
            throw new StreamException(
                    "leads to a manifest that is no well-formed XML from line "
                            + e.getLocation().getLineNumber() + " on, and such are not read",
                    e);
        }
    }

    private int representations() throws XMLStreamException {
        String version = reader.getVersion();
        String encoding = reader.getCharacterEncodingScheme();
        require(version == null || version.equals("1.0"), "in another version of XML than 1.0");
        require(encoding == null || ENCODING.matcher(encoding).matches(), "in another encoding than UTF-8");
        int most = 0;
        int count = 0;
        int depth = 0;
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamReader.DTD, XMLStreamReader.ENTITY_REFERENCE -> require(false, "with a document type");
                case XMLStreamReader.PROCESSING_INSTRUCTION -> prefixed++;
                case XMLStreamReader.START_ELEMENT -> {
                    String name = reader.getLocalName();
                    countPrefixed(name);
                    // FFmpeg compares names so.
                    String compared = name.substring(name.indexOf(':') + 1).toLowerCase(Locale.ROOT);
                    if (depth == 1 && "period".equals(compared)) {
                        count = 0;
                    } else if ("representation".equals(compared)) {
                        most = Math.max(most, ++count);
                    }
                    require(++depth <= MOST_DEPTH, "of more than " + MOST_DEPTH + " levels");
                }
                case XMLStreamReader.END_ELEMENT -> depth--;
                default -> {}
            }
            require(prefixed <= MOST_PREFIXED, "with more than " + MOST_PREFIXED + " prefixes and instructions");
        }
        return most;
    }

    private void countPrefixed(String element) {
        prefixed += element.indexOf(':') < 0 ? 0 : 1;
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            String prefix = reader.getAttributePrefix(i);
            boolean bare = prefix == null || prefix.isEmpty();
            prefixed += bare && !reader.getAttributeLocalName(i).equals("xmlns") ? 0 : 1;
        }
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new StreamException("leads to a manifest " + otherwise + " (line "
                    + reader.getLocation().getLineNumber() + "), and such are not read");
        }
    }
}
