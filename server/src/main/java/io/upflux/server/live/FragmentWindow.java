package io.upflux.server.live;

import io.upflux.codecs.Fragment;
import io.upflux.codecs.FragmentHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * The last segments of a live stream, in memory. One thread adds fragments; who waits for one is woken, and viewers who
 * follow get each as it comes. Bounded in segments, and in bytes together with other windows. Thread-safe.
 */
public final class FragmentWindow {
    /** Complete segments that stay beyond those listed, since players fetch what they read in a playlist a while ago. */
    private static final int LINGERING = 3;

    /** Segments that stay when memory is short: the open one, and those that players stay behind (RFC 8216, section 6.2.2). */
    private static final int FEWEST = 4;

    /** A clock that steps by more than this between fragments did not run on. */
    private static final Duration CLOCK_STEP = Duration.ofMillis(500);

    private final int listed;
    private final WindowMemory memory;
    private final List<LiveSegment> segments = new ArrayList<>();
    private final Set<Viewer> viewers = new LinkedHashSet<>();
    private final Sinks.Many<WindowView> views = Sinks.many().replay().latestOrDefault(WindowView.EMPTY);
    private volatile WindowView view = WindowView.EMPTY;
    private long nextNumber;
    private long nextPart;
    private long headerNumber;
    private boolean fresh;
    private int discontinuities;
    private @Nullable FragmentHeader header;
    private long longestMicros;
    private long peakBitrate;
    private long held;
    private boolean ended;
    private boolean closed;

    /**
     * @param listed complete segments that a playlist holds
     * @param first number of the first segment, part and header: no other window of the stream shall have had it, since
     *     caches keep what they got under a number
     */
    public FragmentWindow(int listed, long first) {
        this(listed, first, WindowMemory.HEAP);
    }

    FragmentWindow(int listed, long first, WindowMemory memory) {
        this.listed = listed;
        this.memory = memory;
        memory.join();
        nextNumber = first;
        nextPart = first;
        headerNumber = first - 1;
        fresh = true;
    }

    /** An empty window that numbers on, behind a discontinuity, where another one has ended. */
    FragmentWindow(int listed, FragmentWindow before) {
        this.listed = listed;
        memory = before.memory;
        memory.join();
        synchronized (before) {
            nextNumber = before.nextNumber;
            nextPart = before.nextPart;
            headerNumber = before.headerNumber;
            fresh = before.fresh;
            discontinuities = before.discontinuities;
        }
    }

    /** Adds what follows on the last fragment and tells everybody. */
    public void add(Fragment fragment) {
        List<Viewer> following;
        synchronized (this) {
            hold(fragment.bytes());
            if (fragment.startsSegment() || segments.isEmpty()) {
                begin(fragment);
            } else {
                segments.set(segments.size() - 1, last().with(fragment));
            }
            nextPart++;
            publish();
            following = List.copyOf(viewers);
        }
        following.forEach(viewer -> viewer.offer(fragment));
    }

    /** What there is now. */
    public WindowView view() {
        return view;
    }

    /**
     * What there is, as soon as that holds a part of a segment, or the window is closed.
     *
     * @param number of the segment
     * @param part index of the part
     * @return on a thread that may not block
     */
    public Mono<WindowView> await(long number, int part) {
        return await(later -> later.has(number, part));
    }

    /** As {@link #await(long, int)}, for a part by its number in the whole stream. */
    public Mono<WindowView> awaitPart(long number) {
        return await(later -> number < later.nextPart());
    }

    /** As {@link #await(long, int)}, for anything at all. */
    public Mono<WindowView> awaitStart() {
        return await(later -> !later.isEmpty());
    }

    private Mono<WindowView> await(Predicate<WindowView> what) {
        WindowView now = view;
        if (what.test(now) || now.closed()) {
            return Mono.just(now);
        }
        return views.asFlux()
                .filter(later -> what.test(later) || later.closed())
                .next()
                // Where another window goes on, who waits here asks again.
                .switchIfEmpty(Mono.fromSupplier(this::view))
                .publishOn(Schedulers.parallel());
    }

    /** How many watch. */
    public synchronized int viewers() {
        return (int) viewers.stream().filter(Viewer::isWatching).count();
    }

    /** Nothing more comes: those who follow or wait are told. */
    public void close() {
        end(true);
    }

    /**
     * Nothing more comes here.
     *
     * @param over whether nothing more comes elsewhere, either; else those who wait ask again
     */
    void end(boolean over) {
        List<Viewer> following;
        synchronized (this) {
            if (!ended) {
                memory.leave(held);
            }
            ended = true;
            closed = over;
            if (!segments.isEmpty()) {
                complete();
            }
            publish();
            views.tryEmitComplete();
            following = List.copyOf(viewers);
            viewers.clear();
        }
        following.forEach(Viewer::end);
    }

    /** Has a viewer told of every fragment from the last one that decoding can start with. */
    void follow(Viewer viewer) {
        synchronized (this) {
            if (!ended) {
                sinceLastKey().forEach(viewer::enqueue);
                viewers.add(viewer);
                return;
            }
        }
        viewer.end();
    }

    synchronized void leave(Viewer viewer) {
        viewers.remove(viewer);
    }

    private void begin(Fragment fragment) {
        boolean continues = fresh;
        if (!segments.isEmpty()) {
            LiveSegment before = complete();
            Fragment end = before.parts().get(before.parts().size() - 1);
            Duration step =
                    Duration.between(end.wallClock().plusNanos(1000 * end.durationMicros()), fragment.wallClock());
            continues = fragment.header() == header && step.abs().compareTo(CLOCK_STEP) < 0;
        }
        if (fragment.header() != header) {
            header = fragment.header();
            headerNumber++;
        }
        if (!continues) {
            discontinuities++;
        }
        fresh = false;
        segments.add(new LiveSegment(
                nextNumber++, nextPart, headerNumber, !continues, discontinuities, List.of(fragment), false));
        while (segments.size() > listed + LINGERING + 1 || (segments.size() > FEWEST && memory.isShort(held))) {
            hold(-segments.remove(0).bytes());
        }
    }

    private LiveSegment complete() {
        LiveSegment whole = last().completed();
        segments.set(segments.size() - 1, whole);
        longestMicros = Math.max(longestMicros, whole.durationMicros());
        // Short ones are little but a key frame (RFC 8216bis, section 1.1: of half the target duration or more).
        if (2 * whole.durationMicros() >= longestMicros) {
            peakBitrate = Math.max(peakBitrate, whole.bitrate());
        }
        return whole;
    }

    private void publish() {
        int complete = segments.isEmpty() || last().complete() ? segments.size() : segments.size() - 1;
        int from = Math.max(0, complete - listed);
        view = new WindowView(segments.subList(from, segments.size()), segments.subList(0, from), peak(), closed);
        views.tryEmitNext(view);
    }

    /** Of all segments there were; of what there is of the first until that is complete. */
    private long peak() {
        return peakBitrate > 0 || segments.isEmpty() ? peakBitrate : last().bitrate();
    }

    private List<Fragment> sinceLastKey() {
        List<Fragment> recent = new ArrayList<>();
        if (segments.isEmpty()) {
            return recent;
        }
        for (Fragment fragment : last().parts()) {
            if (fragment.independent()) {
                recent.clear();
            }
            recent.add(fragment);
        }
        return recent;
    }

    /** What has ended is not counted: it goes when nobody reads it any more. */
    private void hold(long bytes) {
        if (!ended) {
            held += bytes;
            memory.add(bytes);
        }
    }

    private LiveSegment last() {
        return segments.get(segments.size() - 1);
    }
}
