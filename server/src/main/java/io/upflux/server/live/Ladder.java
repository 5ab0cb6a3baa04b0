package io.upflux.server.live;

import io.upflux.buffer.Closer;
import io.upflux.governor.Rung;
import io.upflux.live.Step;
import io.upflux.models.Catalogue;
import io.upflux.models.Halting;
import io.upflux.models.ModelCard;
import io.upflux.models.sharing.OpenModels;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.reuse.ReuseMode;
import io.upflux.server.config.StreamConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The ways in which a stream's pictures may be made, best first: its model as it is, then less of it, the same in 8 bits, a
 * lighter network, a resizer, nothing. All are opened at the start: opening a network takes longer than a late frame allows, and the light
 * ones need little. Closes its resolvers, whose networks other streams may go on using.
 */
public final class Ladder implements AutoCloseable {
    /** How many times the usual difference counts as small at the rung that tolerates more. */
    private static final double TOLERANT = 2;

    /** The paper's threshold; windows leave the network before it costs quality that is seen. */
    private static final Halting EARLY = new Halting(0.95);

    private static final String LIGHTER = "plain-s";
    private static final String STREAM_KIND = "-stream";
    private static final String EIGHT_BITS = "-int8";
    private static final String RESIZER = "bicubic";
    private static final String SET = "set5";

    /** Names of all rungs that a ladder may have, best first. */
    static final List<String> RUNGS = List.of("full", "tolerance", "halting", "int8", "lighter", "resize", "drop");

    private final List<Step> steps;
    private final List<SuperResolver> resolvers;

    /** @param resolvers of the steps, closed with this */
    Ladder(List<Step> steps, List<SuperResolver> resolvers) {
        this.steps = List.copyOf(steps);
        this.resolvers = List.copyOf(resolvers);
    }

    /**
     * Opens what a stream needs, or joins those who use the same.
     *
     * @throws StreamException in one line, when its model cannot be found or run
     */
    public static Ladder open(OpenModels models, StreamConfig stream) {
        ModelCard card = models.catalogue().findForStream(stream.model(), stream.scale());
        Builder builder = new Builder(models, stream, card);
        try {
            builder.add("full", card, stream.halting(), 1, 1);
            if (stream.governor()) {
                builder.cheaper();
            }
            return new Ladder(builder.steps, builder.resolvers);
        } catch (RuntimeException | Error e) {
            builder.resolvers.forEach(SuperResolver::close);
            throw e;
        }
    }

    /** Best first; one alone where nothing shall be governed. */
    List<Step> steps() {
        return steps;
    }

    /** What makes the best pictures. */
    SuperResolver best() {
        return Objects.requireNonNull(steps.get(0).resolver());
    }

    @Override
    public void close() {
        try (Closer closer = new Closer()) {
            resolvers.forEach(closer::own);
        }
    }

    private static final class Builder {
        private final OpenModels models;
        private final Catalogue catalogue;
        private final StreamConfig stream;
        private final ModelCard best;
        private final List<Step> steps = new ArrayList<>();
        private final List<SuperResolver> resolvers = new ArrayList<>();

        Builder(OpenModels models, StreamConfig stream, ModelCard best) {
            this.models = models;
            this.catalogue = models.catalogue();
            this.stream = stream;
            this.best = best;
        }

        /** Relative costs are what was seen of small networks; the governor replaces them by what it measures. */
        void cheaper() {
            if (stream.reuse() == ReuseMode.NEAR && best.trained()) {
                SuperResolver same = resolvers.get(0);
                steps.add(new Step(
                        new Rung("tolerance", best.name(), threshold(stream.halting()), TOLERANT, 0.8, 0.1, false),
                        same));
            } else if (stream.reuse() == ReuseMode.OFF
                    && best.halts()
                    && stream.halting().threshold() > EARLY.threshold()) {
                add("halting", best, EARLY, 1, 0.8);
            }
            if (best.trained()) {
                inEightBits(stemOf(best))
                        .filter(same -> same.bundled() && best.bundled())
                        .ifPresent(same -> add("int8", same, Halting.OFF, 1, 0.6));
                lighter()
                        .filter(card -> card.parameters() < best.parameters())
                        .ifPresent(card -> add("lighter", card, Halting.OFF, 1, 0.25));
                add("resize", catalogue.find(RESIZER, best.scale()), Halting.OFF, 1, 0.1);
            }
            steps.add(new Step(Rung.dropping(), null));
        }

        void add(String name, ModelCard card, Halting halting, double tolerance, double cost) {
            // A stream is long enough to measure for it.
            SuperResolver resolver = stream.reuse() == ReuseMode.OFF
                    ? models.open(card, stream.device(), stream.threads(), halting)
                    : models.openCalibrated(card, stream.device(), stream.threads(), halting);
            resolvers.add(resolver);
            steps.add(new Step(
                    new Rung(name, card.name(), threshold(halting), tolerance, cost, loss(card), false), resolver));
        }

        private static double threshold(Halting halting) {
            return halting.on() ? halting.threshold() : 0;
        }

        /** By the models' own evaluations; not a number where one has none. */
        private double loss(ModelCard card) {
            Map<String, Double> of = card.psnr();
            return best.psnr().getOrDefault(SET, Double.NaN) - of.getOrDefault(SET, Double.NaN);
        }

        /** Of the kind that the best one is, and in 8 bits where that is faster. */
        private Optional<ModelCard> lighter() {
            String kind = LIGHTER + STREAM_KIND;
            boolean sameKind = stemOf(best).contains(STREAM_KIND) && there(kind).isPresent();
            String stem = sameKind ? kind : LIGHTER;
            return inEightBits(stem).or(() -> there(stem));
        }

        /** The CPU's way: a GPU computes in float16. */
        private Optional<ModelCard> inEightBits(String stem) {
            return resolvers.get(0).traits().onGpu() ? Optional.empty() : there(stem + EIGHT_BITS);
        }

        private Optional<ModelCard> there(String stem) {
            return catalogue.named(stem + "-x" + best.scale());
        }

        private static String stemOf(ModelCard card) {
            return card.name().replaceFirst("-x[0-9]+$", "");
        }
    }
}
