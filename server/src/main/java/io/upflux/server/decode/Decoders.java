package io.upflux.server.decode;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.LiveInput;
import io.upflux.codecs.MediaNames;
import io.upflux.codecs.RelayedSource;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** The processes that decode the sources of one stream, one after the other. One thread. */
public final class Decoders implements AutoCloseable {
    /** More than a process needs to start, and than any picture takes to be decoded, on a machine that is busy. */
    private static final Duration SLACK = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(Decoders.class);

    private final String name;
    private final long memoryBytes;
    private final Duration slack;
    private @Nullable DecoderProcess ready;

    /**
     * @param name of the stream
     * @param memoryBytes what a process may take of the machine's memory
     */
    public Decoders(String name, long memoryBytes) {
        this(name, memoryBytes, SLACK);
    }

    Decoders(String name, long memoryBytes, Duration slack) {
        this.name = name;
        this.memoryBytes = memoryBytes;
        this.slack = slack;
    }

    /** Starts the process for the next source, so that this need not wait for it; where none can be started, that source tries. */
    public void prepare() {
        if (ready == null) {
            try {
                ready = DecoderProcess.start(memoryBytes);
            } catch (StreamException e) {
                LOG.warn("{}: {}", name, e.getMessage());
            }
        }
    }

    /**
     * Opens a source and waits for its first picture.
     *
     * @param stop gives up when it completes before that
     * @throws StreamException when there is nothing to decode, in one line that says why
     */
    public LiveInput open(String location, InputOptions options, Mono<Void> stop, Notices notices) {
        return open(new DecodeOrder(MediaNames.shown(location), location, options), null, stop, notices);
    }

    /** As {@link #open}, of bytes that somebody sends. @param bytes closed with the source, and when this fails */
    public LiveInput read(ReadableByteChannel bytes, InputOptions options, Mono<Void> stop, Notices notices) {
        return open(new DecodeOrder(name, null, options), bytes, stop, notices);
    }

    private LiveInput open(DecodeOrder order, @Nullable ReadableByteChannel bytes, Mono<Void> stop, Notices notices) {
        InputOptions options = order.options();
        DecoderProcess process = next();
        Disposable stopping = stop.subscribe(nothing -> {}, failure -> {}, process::interrupt);
        try {
            process.order(
                    order,
                    bytes,
                    options.openDeadline().plus(options.readDeadline()).plus(slack));
            LiveInput source = RelayedSource.open(order.name(), process, options.limits(), notices);
            process.patience(options.readDeadline().plus(slack));
            return source;
        } catch (RuntimeException e) {
            process.close();
            throw e;
        } finally {
            stopping.dispose();
        }
    }

    private DecoderProcess next() {
        DecoderProcess process = ready;
        ready = null;
        if (process != null && !process.isAlive()) {
            process.close();
            process = null;
        }
        return process == null ? DecoderProcess.start(memoryBytes) : process;
    }

    /** Ends the process for the next source, if there is one. */
    public void dismiss() {
        if (ready != null) {
            ready.close();
            ready = null;
        }
    }

    @Override
    public void close() {
        dismiss();
    }
}
