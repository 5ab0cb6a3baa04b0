package io.upflux.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ctrl-C, a polite kill, a closed terminal: the first asks the running work to stop and lets it put things in order, a
 * second ends the process at once. A shutdown hook would not do: ONNX Runtime frees itself in one of its own, at the
 * same time, under whatever still runs.
 */
final class Interruption implements AutoCloseable {
    /** What a shell reports for a program ended by Ctrl-C. */
    static final int EXIT_CODE = 130;

    private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");

    private final Map<Signal, SignalHandler> before = new LinkedHashMap<>();
    private final Sinks.Empty<Void> request = Sinks.empty();
    private volatile boolean requested;

    private Interruption() {}

    /** Takes the signals over until closed. */
    static Interruption install() {
        Interruption interruption = new Interruption();
        for (String name : SIGNALS) {
            try {
                Signal signal = new Signal(name);
                interruption.before.put(signal, Signal.handle(signal, raised -> interruption.request()));
            } catch (IllegalArgumentException notHere) {
                // The platform has no such signal, or the JVM was told to keep its hands off it (-Xrs).
            }
        }
        return interruption;
    }

    boolean isRequested() {
        return requested;
    }

    /** Completes when an interruption is asked for. */
    Mono<Void> requested() {
        return request.asMono();
    }

    /** Takes the end of an input for a request, too: whoever holds its other end says so, or is no more. */
    void atEndOf(InputStream input) {
        Thread reader = new Thread(
                () -> {
                    byte[] ignored = new byte[64];
                    try {
                        while (input.read(ignored) >= 0) {
                            // What is said does not matter.
                        }
                    } catch (IOException e) {
                        // As good as its end.
                    }
                    if (!requested) {
                        request();
                    }
                },
                "upflux-end-of-input");
        reader.setDaemon(true);
        reader.start();
    }

    /** For work that leaves nothing behind but what {@code cleanUp} takes away: ends the process at once. */
    void endsAtOnce(Runnable cleanUp) {
        requested().doOnTerminate(() -> endAfter(cleanUp)).subscribe();
    }

    @Override
    public void close() {
        before.forEach(Signal::handle);
    }

    private static void endAfter(Runnable cleanUp) {
        try {
            cleanUp.run();
        } finally {
            // Even when a file that is still being written kept its folder from going.
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }

    private synchronized void request() {
        if (requested) {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
        requested = true;
        request.tryEmitEmpty();
    }
}
