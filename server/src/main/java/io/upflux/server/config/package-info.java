/**
 * The configuration of the server: one YAML file in the shape that media servers' users know, each key also settable by an
 * environment variable. What is wrong is said in one line that names the key.
 */
@NullMarked
package io.upflux.server.config;

import org.jspecify.annotations.NullMarked;
