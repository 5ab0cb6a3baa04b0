package io.upflux.cluster;

import io.upflux.pipeline.StreamException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.jspecify.annotations.Nullable;

/** All films of a library: planned at once, then made, the longest first, each failing alone. */
final class LibraryRun {
    /** Films whose segments wait in Spark's queue; the next is begun when one is done. */
    private static final int AT_A_TIME = 64;

    private final JavaSparkContext spark;
    private final Broadcast<Order> order;
    private final OutputLock lock;
    private final LongAccumulator frames;
    private final Consumer<FilmOutcome> ended;

    /**
     * @param lock on the output, taken by the thread that calls {@link #run}
     * @param frames counts those of finished segments
     * @param ended told of each film as soon as it has ended
     */
    LibraryRun(
            JavaSparkContext spark, Order order, OutputLock lock, LongAccumulator frames, Consumer<FilmOutcome> ended) {
        this.spark = spark;
        this.order = spark.broadcast(order);
        this.lock = lock;
        this.frames = frames;
        this.ended = ended;
    }

    /** Returns when all have ended. */
    List<FilmOutcome> run(Collection<Film> films) {
        List<FilmOutcome> outcomes = new ArrayList<>();
        List<Film> missing = new ArrayList<>();
        for (Film film : films) {
            already(film).ifPresentOrElse(outcome -> end(outcome, outcomes), () -> missing.add(film));
        }
        ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
        try {
            List<FilmPlan> plans = plan(missing, threads, outcomes);
            plans.sort(Comparator.comparingLong(FilmPlan::work).reversed());
            DriverMetrics.PROMISED.set(
                    plans.stream().mapToLong(FilmPlan::frames).sum());
            make(plans, threads, outcomes);
        } catch (InterruptedException e) {
            lock.requireHeld(); // or else that is why
            Thread.currentThread().interrupt();
            throw new StreamException("interrupted; the same command continues", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            threads.shutdownNow();
        }
        order.destroy();
        return outcomes;
    }

    /** What has become of a film before it is planned; empty when it is to be made. */
    private Optional<FilmOutcome> already(Film film) {
        try {
            Configuration stores = order.value().configuration();
            FilmFolder folder = new FilmFolder(film.output(), stores);
            boolean there = folder.tidyUp() || (!order.value().encoding().overwrite() && folder.isPublished());
            return there ? Optional.of(FilmOutcome.present(film)) : Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(FilmOutcome.failed(film, Failures.reason(e)));
        }
    }

    /** A plan, or what became of a film without one. */
    private record Planned(
            @Nullable FilmPlan plan, @Nullable FilmOutcome failed) {}

    private List<FilmPlan> plan(List<Film> films, ExecutorService threads, List<FilmOutcome> outcomes)
            throws InterruptedException, ExecutionException {
        List<Callable<Planned>> each = films.stream()
                .sorted(Comparator.comparingLong(Film::bytes).reversed())
                .map(this::planning)
                .toList();
        List<FilmPlan> plans = new ArrayList<>();
        for (Future<Planned> done : threads.invokeAll(each)) {
            Planned planned = done.get();
            if (planned.failed() != null) {
                end(planned.failed(), outcomes);
            } else {
                plans.add(Objects.requireNonNull(planned.plan()));
            }
        }
        return plans;
    }

    /** A job of Spark's by itself, since a film may take the executor with it. */
    private Callable<Planned> planning(Film film) {
        Broadcast<Order> all = order;
        JavaSparkContext context = spark;
        return () -> {
            try {
                FilmPlan plan = context.parallelize(List.of(film), 1)
                        .map(one -> Slot.of(all.value()).plan(one))
                        .first();
                return new Planned(plan, null);
            } catch (Exception e) {
                return new Planned(null, FilmOutcome.failed(film, Failures.reason(e)));
            }
        };
    }

    private void make(List<FilmPlan> plans, ExecutorService threads, List<FilmOutcome> outcomes)
            throws InterruptedException, ExecutionException {
        ExecutorCompletionService<FilmOutcome> films = new ExecutorCompletionService<>(threads);
        FilmRun run = new FilmRun(spark, order, lock, frames);
        plans.forEach(plan -> films.submit(making(run, plan)));
        for (int i = 0; i < plans.size(); i++) {
            end(films.take().get(), outcomes);
        }
    }

    private static Callable<FilmOutcome> making(FilmRun run, FilmPlan plan) {
        return () -> {
            try {
                return run.run(plan);
            } catch (Exception e) {
                return FilmOutcome.failed(plan.film(), Failures.reason(e));
            }
        };
    }

    private void end(FilmOutcome outcome, List<FilmOutcome> outcomes) {
        outcomes.add(outcome);
        (outcome.failure() == null ? DriverMetrics.DONE : DriverMetrics.FAILED).incrementAndGet();
        ended.accept(outcome);
    }
}
