package io.upflux.models.fallback;

import io.upflux.pipeline.ForwardingResolver;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.PictureMemory;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.TileBatch;
import io.upflux.reuse.Origins;
import io.upflux.tile.Tile;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A network whose inference may fail, for want of memory or because a device does: what failed is computed again one tile
 * at a time, then in smaller tiles, then on the CPU. What comes out is the same but for rounding. It stays with the way
 * that worked, and tries the usual one again after a while.
 */
public final class FallbackResolver extends ForwardingResolver {
    /** Strokes that go the way that worked before the usual one is tried again; twice as many each time. */
    private static final long PATIENCE = 256;

    private final Supplier<@Nullable SuperResolver> opener;
    private final Notices notices;
    private final Runnable fault;
    private final Map<Thread, Call> calls = new ConcurrentHashMap<>();
    private final Set<Step> said = EnumSet.noneOf(Step.class);
    private Step usual = Step.AS_ASKED;
    private long patience = PATIENCE;
    private long left;
    private volatile boolean closed;
    private volatile @Nullable SuperResolver cpu;

    /**
     * @param network closed with this
     * @param opener opens the same model on the CPU, when it comes to that; null where it runs there already. Contexts and
     *     memories of {@code network} must be good there, too
     * @param notices told of each way that is taken, once
     * @param fault run whenever inference has failed
     */
    public FallbackResolver(
            SuperResolver network, Supplier<@Nullable SuperResolver> opener, Notices notices, Runnable fault) {
        super(network);
        this.opener = opener;
        this.notices = notices;
        this.fault = fault;
    }

    /** What a thread is in. */
    private static final class Call {
        private volatile boolean interrupted;
    }

    /** Something that can be computed in some ways. */
    @FunctionalInterface
    private interface Attempt<T> {
        /** @return null where it cannot be computed this way */
        @Nullable
        T in(Step step);
    }

    @Override
    public void upscale(TileBatch batch, PictureContext context) {
        Tile tile = new Tile(0, 0, 0, 0, batch.shape().width(), batch.shape().height());
        List<Place> places = Collections.nCopies(batch.shape().batch(), new Place(0, tile));
        upscale(List.of(new Placed(batch, places)), List.of(), context, PictureMemory.NONE);
    }

    @Override
    public void upscale(List<Placed> work, List<Origins> origins, PictureContext context, PictureMemory memory) {
        upscale(List.of(new Stroke(work, origins, context, memory, Stroke.NO_DEADLINE)));
    }

    /** Strokes of several streams are tried one by one by whoever has put them together. */
    @Override
    public void upscale(List<Stroke> strokes) {
        if (strokes.size() > 1) {
            resolver().upscale(strokes);
            return;
        }
        Stroke stroke = strokes.get(0);
        attempt(step -> upscale(stroke, step) ? Boolean.TRUE : null);
    }

    @Override
    public PictureContext look(TileBatch samples) {
        return attempt(step -> switch (step) {
            case AS_ASKED -> resolver().look(samples);
            case SINGLE_TILES, SMALLER_TILES -> null;
            case CPU -> lookOnCpu(samples);
        });
    }

    @Override
    public PictureContext look(TileBatch samples, long deadline) {
        return look(samples);
    }

    private boolean upscale(Stroke stroke, Step step) {
        if (step == Step.AS_ASKED) {
            resolver().upscale(List.of(stroke));
            return true;
        }
        boolean cuts = step == Step.SMALLER_TILES;
        SuperResolver computing = step == Step.CPU ? onCpu() : resolver();
        if (computing == null || (cuts && !mayCut(stroke)) || (step == Step.SINGLE_TILES && isSingle(stroke))) {
            return false;
        }
        try (Recut recut = new Recut(computing, stroke.work(), cuts)) {
            if (cuts && !recut.isFiner()) {
                return false;
            }
            computing.upscale(List.of(
                    new Stroke(recut.work(), stroke.origins(), stroke.context(), stroke.memory(), stroke.deadline())));
            recut.collect();
        }
        return true;
    }

    private static boolean isSingle(Stroke stroke) {
        return stroke.work().stream().allMatch(placed -> placed.places().size() == 1);
    }

    /** A network that sees its context in the tile itself would see another one in a part of it. */
    private boolean mayCut(Stroke stroke) {
        TileBatch largest = stroke.work().get(0).batch();
        return stroke.context() != PictureContext.NONE
                || (traits().blocks() == 0
                        && samples(largest.shape().width(), largest.shape().height())
                                .isEmpty());
    }

    private @Nullable PictureContext lookOnCpu(TileBatch samples) {
        SuperResolver computing = onCpu();
        if (computing == null) {
            return null;
        }
        try (TileBatch copy = computing.newSamples(samples.shape())) {
            copy.input().put(0, samples.input(), 0, samples.input().capacity());
            return computing.look(copy);
        }
    }

    /** The first way that works; the first failure when none does, or when it was interrupted. */
    private <T> T attempt(Attempt<T> attempt) {
        Call call = new Call();
        calls.put(Thread.currentThread(), call);
        try {
            Throwable first = null;
            for (Step step = begin(); ; step = Step.values()[step.ordinal() + 1]) {
                try {
                    T result = attempt.in(step);
                    if (result != null) {
                        if (first != null) {
                            settle(step, first);
                        }
                        return result;
                    }
                } catch (StreamException | OutOfMemoryError e) {
                    if (closed || call.interrupted) {
                        throw e;
                    }
                    fault.run();
                    if (first == null) {
                        first = e;
                    }
                }
                if (step == Step.CPU) {
                    throw failure(Objects.requireNonNull(first));
                }
            }
        } finally {
            calls.remove(Thread.currentThread());
        }
    }

    private StreamException failure(Throwable first) {
        return first instanceof StreamException known
                ? known
                : new StreamException(
                        traits().name() + ": not enough memory to run it; choose a smaller model or more memory",
                        first);
    }

    private synchronized Step begin() {
        if (usual != Step.AS_ASKED && left-- <= 0) {
            usual = Step.AS_ASKED;
        }
        return usual;
    }

    private synchronized void settle(Step step, Throwable why) {
        usual = step;
        left = patience;
        patience *= 2;
        if (said.add(step)) {
            String reason = why instanceof OutOfMemoryError
                    ? traits().name() + ": not enough memory"
                    : String.valueOf(why.getMessage());
            notices.warning(reason + "; going on with " + step.text());
        }
    }

    /** Null where it runs there already. */
    private synchronized @Nullable SuperResolver onCpu() {
        if (closed) {
            throw new StreamException(traits().name() + ": is closed");
        }
        if (cpu == null) {
            cpu = opener.get();
        }
        return cpu;
    }

    @Override
    public void interrupt() {
        calls.values().forEach(call -> call.interrupted = true);
        resolver().interrupt();
        SuperResolver other = cpu;
        if (other != null) {
            other.interrupt();
        }
    }

    @Override
    public void interrupt(Thread caller) {
        Call call = calls.get(caller);
        if (call != null) {
            call.interrupted = true;
        }
        resolver().interrupt(caller);
        SuperResolver other = cpu;
        if (other != null) {
            other.interrupt(caller);
        }
    }

    @Override
    public void close() {
        closed = true;
        resolver().close();
        synchronized (this) {
            SuperResolver other = cpu;
            if (other != null) {
                other.close();
            }
        }
    }
}
