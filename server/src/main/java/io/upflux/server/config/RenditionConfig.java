package io.upflux.server.config;

import io.upflux.codecs.LiveOptions;

/**
 * One more output of a stream, from the same upscaled pictures.
 *
 * @param name as a stream's
 * @param live how it is encoded and cut
 * @param when for which sources there is one
 */
public record RenditionConfig(String name, LiveOptions live, When when) {}
