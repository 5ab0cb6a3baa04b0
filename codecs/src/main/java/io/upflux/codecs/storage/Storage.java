package io.upflux.codecs.storage;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Files under URLs that FFmpeg does not read by itself, read by ranges. Found as a service ({@link ServiceLoader}).
 * Thread-safe.
 */
public interface Storage {
    /** Whether a URL is one of its. */
    boolean holds(String url);

    /**
     * Opens a file for reading at any position. A reader goes on where it last read, as a rule, and leaps seldom.
     *
     * @return to be closed by the caller; closing it, on any thread, ends a read that waits
     * @throws IOException whose message says in one line why not
     */
    SeekableByteChannel open(String url) throws IOException;

    /** The one that holds a URL. */
    static Optional<Storage> of(String url) {
        return All.STORAGES.stream()
                .map(ServiceLoader.Provider::get)
                .filter(storage -> storage.holds(url))
                .findFirst();
    }
}
