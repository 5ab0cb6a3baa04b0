package io.upflux.server.live;

import io.upflux.codecs.FragmentHeader;
import org.jspecify.annotations.Nullable;

/**
 * A live stream at one moment.
 *
 * @param error what went wrong last; null when nothing did since it last was live
 * @param model that upscales it; empty until it is known
 * @param rung where its governor stands; null where there is none, or no source
 * @param header of its newest fragments; null before the first
 * @param viewers who follow it
 * @param framesIn decoded
 * @param framesOut upscaled and encoded
 * @param framesDropped decoded and given up because newer ones were there
 */
public record StreamStatus(
        String name,
        StreamState state,
        @Nullable String error,
        String model,
        @Nullable RungStatus rung,
        @Nullable FragmentHeader header,
        int viewers,
        long framesIn,
        long framesOut,
        long framesDropped) {}
