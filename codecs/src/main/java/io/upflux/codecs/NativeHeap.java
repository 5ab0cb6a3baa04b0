package io.upflux.codecs;

import org.bytedeco.javacpp.Pointer;

/** What the C library holds of memory for native code. */
public final class NativeHeap {
    private NativeHeap() {}

    /**
     * Gives back to the system what native code has freed and the C library keeps for later, where it can be asked to. Without,
     * processes that set up and take down codecs and networks for days grow by the gaps between what is in use.
     */
    public static void trim() {
        Pointer.trimMemory();
    }
}
