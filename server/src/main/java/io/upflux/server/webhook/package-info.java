/**
 * Tells others of what happens here: which jobs have ended, and what has become of live streams. Nothing waits for those who
 * are told.
 */
@NullMarked
package io.upflux.server.webhook;

import org.jspecify.annotations.NullMarked;
