/**
 * Reads live sources in processes of their own. What strangers send is parsed and decoded there, so that what crashes, hangs
 * or takes too much memory costs that stream a new connection, and nobody else anything.
 */
@NullMarked
package io.upflux.server.decode;

import org.jspecify.annotations.NullMarked;
