package io.upflux.server.segment;

import io.upflux.pipeline.SuperResolver;

/** Where the workers of a job get open models from, one each. Thread-safe. */
public interface Resolvers {
    /** An open model that nobody else uses. */
    SuperResolver take();

    /** Whoever took it no longer uses it. */
    void giveBack(SuperResolver resolver);
}
