/**
 * What becomes of inference that fails: the same work again in smaller pieces, and then on the processor. It knows
 * resolvers, and nothing of what runs them.
 */
@NullMarked
package io.upflux.models.fallback;

import org.jspecify.annotations.NullMarked;
