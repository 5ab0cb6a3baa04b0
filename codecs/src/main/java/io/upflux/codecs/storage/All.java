package io.upflux.codecs.storage;

import java.util.List;
import java.util.ServiceLoader;

/** The storages there are. */
final class All {
    // The class path that this was loaded from: that of a thread may be an engine's, which knows none of it.
    static final List<ServiceLoader.Provider<Storage>> STORAGES =
            ServiceLoader.load(Storage.class, Storage.class.getClassLoader()).stream()
                    .toList();

    private All() {}
}
