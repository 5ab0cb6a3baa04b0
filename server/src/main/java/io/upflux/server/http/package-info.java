/**
 * The HTTP and WebSocket face of the server, on Netty's event loops: nothing here waits or calls into native code. What is
 * wrong with a request is answered by problem details (RFC 9457).
 */
@NullMarked
package io.upflux.server.http;

import org.jspecify.annotations.NullMarked;
