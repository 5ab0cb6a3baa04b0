package io.upflux.server.config;

/**
 * A secret that gives a role.
 *
 * @param name for people
 * @param secret 16 characters or more
 */
public record Token(String name, String secret, Role role) {
    /** Without the secret, which belongs into no log. */
    @Override
    public String toString() {
        return "Token[" + name + ", " + role + "]";
    }
}
