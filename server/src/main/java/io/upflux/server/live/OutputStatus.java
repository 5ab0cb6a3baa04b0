package io.upflux.server.live;

import org.jspecify.annotations.Nullable;

/**
 * Where a stream is sent or recorded, at one moment.
 *
 * @param name for people, without keys
 * @param working whether fragments arrive there
 * @param error what went wrong last; null when nothing did since it last worked
 */
public record OutputStatus(
        String name, boolean working, @Nullable String error) {}
