/**
 * The command line: one small class a command, and what they share to read options and to speak to people and to
 * programs. Nothing here decodes, infers or encodes; it opens sources, resolvers and sinks and watches a pipeline.
 */
@NullMarked
package io.upflux.server.cli;

import org.jspecify.annotations.NullMarked;
