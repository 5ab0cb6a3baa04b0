/**
 * Feeds damaged media, networks and configurations to the program, for hours if asked, and keeps what it did not take as
 * it should. It knows the program from outside: commands, exit codes, files and memory.
 */
@NullMarked
package io.upflux.benchmarks.fuzz;

import org.jspecify.annotations.NullMarked;
