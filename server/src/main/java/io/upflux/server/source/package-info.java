/**
 * What the server may read when somebody asks for it over the network: nothing but what the configuration allows, checked
 * again wherever a source leads to, by the addresses that are really connected to.
 */
@NullMarked
package io.upflux.server.source;

import org.jspecify.annotations.NullMarked;
