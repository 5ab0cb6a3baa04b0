package io.upflux.models.sharing;

import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.PictureMemory;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.TileBatch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Computes nothing: writes down in which order and company strokes come, which are told apart by their contexts. */
final class FakeNetwork implements SuperResolver {
    /** Strokes of one run, in order. */
    final List<List<String>> runs = Collections.synchronizedList(new ArrayList<>());

    /** One permit lets one run end. */
    final Semaphore gate = new Semaphore(0);

    final AtomicInteger running = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final Set<String> failing = ConcurrentHashMap.newKeySet();

    private final Set<Thread> interrupted = ConcurrentHashMap.newKeySet();
    private final Traits traits;
    private final int lanes;
    private final boolean sociable;

    /** @param sociable whether it computes together whatever waits */
    FakeNetwork(int lanes, boolean sociable) {
        this("cpu", lanes, sociable);
    }

    FakeNetwork(String provider, int lanes, boolean sociable) {
        this.traits = new Traits("fake-x2", 2, 3, 1, 0, provider, "fp32", 0, 0);
        this.lanes = lanes;
        this.sociable = sociable;
    }

    /** A stroke of this name. */
    static Stroke stroke(String name, long deadline) {
        return new Stroke(List.of(), List.of(), new Named(name), PictureMemory.NONE, deadline);
    }

    private record Named(String name) implements PictureContext {}

    @Override
    public Traits traits() {
        return traits;
    }

    @Override
    public TileShape tileFor(int frameWidth, int frameHeight) {
        return new TileShape(1, frameWidth, frameHeight);
    }

    @Override
    public TileBatch newBatch(TileShape shape) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int lanes() {
        return lanes;
    }

    @Override
    public void upscale(TileBatch batch, PictureContext context) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Stroke> companions(Stroke first, List<Stroke> waiting) {
        return sociable ? waiting : List.of();
    }

    @Override
    public void upscale(List<Stroke> strokes) {
        List<String> names = strokes.stream()
                .map(stroke -> ((Named) stroke.context()).name())
                .collect(Collectors.toList());
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
        runs.add(names);
        try {
            while (!gate.tryAcquire(1, TimeUnit.MILLISECONDS)) {
                if (interrupted.remove(Thread.currentThread())) {
                    throw new StreamException("broken off");
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            running.decrementAndGet();
        }
        if (names.stream().anyMatch(failing::contains)) {
            throw new StreamException("no " + names);
        }
    }

    @Override
    public void interrupt() {
        throw new UnsupportedOperationException("of all callers");
    }

    @Override
    public void interrupt(Thread caller) {
        interrupted.add(caller);
    }

    @Override
    public void close() {
        if (running.get() > 0) {
            throw new IllegalStateException("in use");
        }
        closed.incrementAndGet();
    }
}
