package io.upflux.server.http;

import io.upflux.server.live.FragmentWindow;
import io.upflux.server.live.LiveStream;

/** What a request wants to see: a stream, in one of its renditions. */
record Watched(LiveStream stream, FragmentWindow window) {}
