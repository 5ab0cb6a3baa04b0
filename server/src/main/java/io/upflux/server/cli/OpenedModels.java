package io.upflux.server.cli;

import io.upflux.models.Catalogue;
import io.upflux.models.ModelCard;
import io.upflux.models.ScaleChoice;
import io.upflux.pipeline.Notices;
import io.upflux.server.segment.ResolverPool;
import io.upflux.server.segment.Resolvers;

/** The networks that a command asks for, loaded once and kept from one file to the next. */
final class OpenedModels implements AutoCloseable {
    /** What an open model was opened for. */
    private record Use(String model, int threads) {}

    private final ScaleChoice size;
    private final ModelOptions options;
    private final Catalogue catalogue;
    private final ResolverPool<Use> resolvers = new ResolverPool<>();

    OpenedModels(ScaleChoice size, ModelOptions options, Notices notices) {
        this.size = size;
        this.options = options;
        this.catalogue = Catalogue.standard(notices);
    }

    /** The model for pictures of a height. */
    ModelCard card(int shownHeight) {
        return size.model(catalogue, options.model(), shownHeight);
    }

    /** @param threads of each, 0 for as many as there are processors */
    Resolvers of(ModelCard card, int threads) {
        return resolvers.of(new Use(card.name(), threads), () -> options.open(catalogue, card, threads));
    }

    /** As many as the command gives to each network. */
    int threads() {
        return options.threads();
    }

    @Override
    public void close() {
        resolvers.close();
    }
}
