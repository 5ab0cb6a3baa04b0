package io.upflux.server.live;

import io.upflux.codecs.Fragment;
import io.upflux.codecs.FragmentHeader;
import java.nio.ByteBuffer;

/** Which container of a stream an output reads: the one whose sound it can carry as it is. */
enum Form {
    MP4,
    TS;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** What comes before the first fragment. */
    ByteBuffer header(FragmentHeader header) {
        return this == MP4 ? header.init().duplicate() : NOTHING.duplicate();
    }

    ByteBuffer media(Fragment fragment) {
        return (this == MP4 ? fragment.mp4() : fragment.ts()).duplicate();
    }
}
