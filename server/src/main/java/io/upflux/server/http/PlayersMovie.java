package io.upflux.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.upflux.codecs.Fragment;
import io.upflux.codecs.FragmentHeader;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The fMP4 of one player: a header, and fragments that belong to it, at times that begin with zero whenever the player comes,
 * since go2rtc's waits at zero for pictures. Only the {@code tfdt} boxes (ISO 14496-12, 8.8.12) are changed; media is shared by
 * all players.
 */
final class PlayersMovie {
    /** Ticks a second of each track. */
    private final Map<Integer, Long> timescales = new HashMap<>();

    private final ByteBuffer init;

    /** When the first fragment began, in ticks, and how many of them a second has: 0 before it came. */
    private long start;

    private long startScale;

    PlayersMovie(FragmentHeader header) {
        init = header.init().duplicate();
        for (Mp4Box track : Mp4Box.in(init, "moov", "trak")) {
            ByteBuffer identity = track.only("tkhd");
            ByteBuffer media = track.only("mdia", "mdhd");
            timescales.put(identity.getInt(afterDates(identity)), (long) media.getInt(afterDates(media)));
        }
    }

    /** The bytes that follow those of the last call. */
    ByteBuf next(Fragment fragment) {
        CompositeByteBuf pieces = Unpooled.compositeBuffer();
        if (startScale == 0) {
            pieces.addComponent(true, Unpooled.wrappedBuffer(init));
            begin(fragment.mp4());
        }
        for (Mp4Box box : Mp4Box.in(fragment.mp4())) {
            ByteBuffer bytes = box.is("moof") ? shifted(box.whole()) : box.whole();
            pieces.addComponent(true, Unpooled.wrappedBuffer(bytes));
        }
        return pieces;
    }

    /** The version of these boxes says how long the two dates in front are. */
    private static int afterDates(ByteBuffer box) {
        return box.get(0) == 0 ? 12 : 20;
    }

    /** Zero is where the track that is earliest begins. */
    private void begin(ByteBuffer fragment) {
        for (Mp4Box track : Mp4Box.in(fragment, "moof", "traf")) {
            long time = time(track);
            long scale = timescale(track);
            if (startScale == 0 || (double) time / scale < (double) start / startScale) {
                start = time;
                startScale = scale;
            }
        }
    }

    private ByteBuffer shifted(ByteBuffer moof) {
        ByteBuffer copy = ByteBuffer.allocate(moof.remaining()).put(moof).flip();
        for (Mp4Box track : Mp4Box.in(copy, "moof", "traf")) {
            long time = Math.max(0, time(track) - start * timescale(track) / startScale);
            ByteBuffer decodeTime = track.only("tfdt");
            if (decodeTime.get(0) == 0) {
                decodeTime.putInt(4, (int) time);
            } else {
                decodeTime.putLong(4, time);
            }
        }
        return copy;
    }

    private static long time(Mp4Box track) {
        ByteBuffer decodeTime = track.only("tfdt");
        return decodeTime.get(0) == 0 ? Integer.toUnsignedLong(decodeTime.getInt(4)) : decodeTime.getLong(4);
    }

    private long timescale(Mp4Box track) {
        return Objects.requireNonNull(timescales.get(track.only("tfhd").getInt(4)), "a track of the header");
    }
}
