package io.upflux.server.process;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Structure;
import com.sun.jna.Structure.ByValue;
import com.sun.jna.Structure.FieldOrder;
import org.jspecify.annotations.Nullable;

/** What native libraries have from the C library's malloc, as that counts it. */
public final class Malloc {
    /** Null where the C library does not tell: glibc does since 2.33. */
    private static final @Nullable LibC GLIBC = load();

    private Malloc() {}

    /** The C library, as far as it is asked. */
    interface LibC extends Library {
        /** Of all arenas; see mallinfo(3). */
        MallInfo mallinfo2();
    }

    /** {@code struct mallinfo2}, whose {@code size_t} has 64 bits wherever Upflux runs. */
    @FieldOrder({
        "arena",
        "ordblks",
        "smblks",
        "hblks",
        "hblkhd",
        "usmblks",
        "fsmblks",
        "uordblks",
        "fordblks",
        "keepcost"
    })
    public static final class MallInfo extends Structure implements ByValue {
        public long arena;
        public long ordblks;
        public long smblks;
        public long hblks;
        /** Bytes in blocks that are mapped each by itself. */
        public long hblkhd;

        public long usmblks;
        public long fsmblks;
        /** Bytes in all other blocks that are in use. */
        public long uordblks;

        public long fordblks;
        public long keepcost;
    }

    /** Bytes given out and not freed, by whichever part of the process; 0 where the C library does not tell. */
    public static long inUse() {
        if (GLIBC == null) {
            return 0;
        }
        MallInfo info = GLIBC.mallinfo2();
        return info.uordblks + info.hblkhd;
    }

    private static @Nullable LibC load() {
        if (!Platform.isLinux()) {
            return null;
        }
        try {
            LibC loaded = Native.load(Platform.C_LIBRARY_NAME, LibC.class);
            loaded.mallinfo2();
            return loaded;
        } catch (LinkageError e) {
            return null;
        }
    }
}
