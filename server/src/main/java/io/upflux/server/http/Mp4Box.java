package io.upflux.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A box of an MP4 that this server has made (ISO 14496-12, section 4.2), whose sizes have 32 bits.
 *
 * @param whole with its size and type; a view
 */
record Mp4Box(ByteBuffer whole) {
    private static final int HEAD = 8;

    /**
     * The boxes at the end of a path, in order.
     *
     * @param path types of the boxes around them, and their own; empty for all that are not inside others
     */
    static List<Mp4Box> in(ByteBuffer boxes, String... path) {
        List<Mp4Box> found = new ArrayList<>();
        ByteBuffer rest = boxes.slice();
        while (rest.remaining() >= HEAD) {
            int size = rest.getInt(rest.position());
            Mp4Box box = new Mp4Box(rest.slice(rest.position(), size));
            if (path.length == 0 || (path.length == 1 && box.is(path[0]))) {
                found.add(box);
            } else if (box.is(path[0])) {
                found.addAll(in(box.content(), Arrays.copyOfRange(path, 1, path.length)));
            }
            rest.position(rest.position() + size);
        }
        return found;
    }

    boolean is(String type) {
        return whole.getInt(4)
                == ByteBuffer.wrap(type.getBytes(StandardCharsets.US_ASCII)).getInt();
    }

    /** The content of the one box there. */
    ByteBuffer only(String... path) {
        return in(content(), path).get(0).content();
    }

    private ByteBuffer content() {
        return whole.slice(HEAD, whole.remaining() - HEAD);
    }
}
