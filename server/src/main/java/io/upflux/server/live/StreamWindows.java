package io.upflux.server.live;

import io.upflux.codecs.Fragment;
import io.upflux.codecs.FragmentHeader;
import io.upflux.server.config.StreamConfig;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where the fragments of a stream go: a window for its own output, and one for each further one. Thread-safe. */
final class StreamWindows {
    /** Stands for the stream's own output where renditions have names. */
    static final String MAIN = "";

    private final FragmentWindow main;
    private final Map<String, FragmentWindow> renditions;
    private final Map<String, String> failures = new ConcurrentHashMap<>();
    private volatile Set<String> present = Set.of();

    /** @param opener of a window, by the name of the rendition or {@link #MAIN} */
    StreamWindows(StreamConfig config, Function<String, FragmentWindow> opener) {
        main = opener.apply(MAIN);
        Map<String, FragmentWindow> further = new LinkedHashMap<>();
        config.renditions().forEach(each -> further.put(each.name(), opener.apply(each.name())));
        renditions = Collections.unmodifiableMap(further);
    }

    FragmentWindow main() {
        return main;
    }

    /** Of the newest fragment of the stream's own output; null before the first. */
    @Nullable
    FragmentHeader header() {
        WindowView view = main.view();
        return view.isEmpty() ? null : view.last().header();
    }

    /** By their names, also those that are not for the present source. */
    Map<String, FragmentWindow> renditions() {
        return renditions;
    }

    /** Names of the renditions that there are of the present source, without those that have failed. */
    Set<String> present() {
        return present.stream().filter(name -> !failures.containsKey(name)).collect(Collectors.toUnmodifiableSet());
    }

    /** What went wrong with a rendition last; null when nothing did since its last fragment. */
    @Nullable
    String failure(String rendition) {
        return failures.get(rendition);
    }

    void failed(String rendition, String line) {
        failures.put(rendition, line);
    }

    void present(Set<String> names) {
        present = Set.copyOf(names);
    }

    void add(String rendition, Fragment fragment) {
        Objects.requireNonNull(renditions.get(rendition)).add(fragment);
        failures.remove(rendition);
    }

    int viewers() {
        return main.viewers()
                + renditions.values().stream().mapToInt(FragmentWindow::viewers).sum();
    }

    /** @param over whether no other stream takes this one's place */
    void end(boolean over) {
        main.end(over);
        renditions.values().forEach(rendition -> rendition.end(over));
    }
}
