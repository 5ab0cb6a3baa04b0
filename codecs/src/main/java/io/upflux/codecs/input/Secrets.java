package io.upflux.codecs.input;

import java.util.regex.Pattern;

/** What addresses hold that is not to be said aloud. */
public final class Secrets {
    /** The user information ends with the last {@code @} of the authority. */
    private static final Pattern URL =
            Pattern.compile("^([a-zA-Z][a-zA-Z0-9+.-]+://)(?:[^/?#]*@)?([^?]*)(?:\\?.*)?$", Pattern.DOTALL);

    private Secrets() {}

    /** An address without user, password and query; a path as it is. */
    public static String without(String location) {
        return URL.matcher(location).replaceFirst("$1$2");
    }
}
