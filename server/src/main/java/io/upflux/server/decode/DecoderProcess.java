package io.upflux.server.decode;

import io.upflux.codecs.RelayedSource;
import io.upflux.pipeline.StreamException;
import io.upflux.server.process.Bound;
import io.upflux.server.process.JavaProgram;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;

/** A process that decodes, watched for what it takes and for whether it goes on. */
final class DecoderProcess implements RelayedSource.Sender {
    private static final Logger LOG = LoggerFactory.getLogger(DecoderProcess.class);
    private static final long HEAP = 64L << 20;
    private static final long GRACE_SECONDS = 10;
    private static final int OUT_OF_MEMORY = 3;
    private static final int SIGNALLED = 128;

    /** Crashes are told on standard error, where the server reads them, and leave no files. */
    private static final List<String> OPTIONS = List.of(
            "-Xms8m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ErrorFileToStderr",
            "-XX:-CreateCoredumpOnCrash",
            "-Xlog:disable",
            "-Xlog:all=error,cds*=off:stderr");

    /** A JVM that crashes says so on standard output, whatever it is told: in the midst of a picture, if that went there. */
    private static final List<String> SHELL = List.of("/bin/sh", "-c", "exec \"$@\" 3>&1 1>&2", "sh");

    /** The line of a crash report that names a library and a place in it, or a Java method. */
    private static final Pattern WHERE = Pattern.compile("# [CVvjJ] {1,2}\\[?([^\\s\\]]+).*");

    private final Process process;
    private final Output output;
    private final Disposable watch;
    private final Thread listener;
    private String name = "";
    private @Nullable ReadableByteChannel fed;
    private volatile long patienceNanos = Long.MAX_VALUE;
    private volatile @Nullable String verdict;
    private volatile @Nullable String crash;

    private DecoderProcess(Process process, long memoryBytes) {
        this.process = process;
        this.output = new Output(process.getInputStream());
        this.watch = Bound.watch(
                new Bound(output::waiting, () -> patienceNanos, this::hangs),
                Bound.memory(process, memoryBytes, "limits.memory", line -> kill("decoding it " + line)));
        this.listener = run(this::listen, "upflux-decoder-log");
    }

    /** Starts one that waits for its {@link #order}. @param memoryBytes that it may have resident */
    static DecoderProcess start(long memoryBytes) {
        boolean shell = Files.isExecutable(Path.of(SHELL.get(0)));
        List<String> command = new ArrayList<>(shell ? SHELL : List.of());
        command.add(JavaProgram.java());
        command.addAll(JavaProgram.options(HEAP, OPTIONS, DecodeMain.class.getName()));
        if (shell) {
            command.add("/dev/fd/3");
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        JavaProgram.withoutSettings(builder.environment());
        try {
            return new DecoderProcess(builder.start(), memoryBytes);
        } catch (IOException e) {
            throw new StreamException("no process can be started to decode it: " + e.getMessage(), e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Says what it is to decode.
     *
     * @param bytes what it reads instead of a location; closed with this
     * @param patience how long nothing may come of it, from now on
     */
    void order(DecodeOrder order, @Nullable ReadableByteChannel bytes, Duration patience) {
        name = order.name();
        fed = bytes;
        patienceNanos = patience.toNanos();
        try {
            order.write(process.getOutputStream());
        } catch (IOException e) {
            throw failure();
        }
        if (bytes != null) {
            run(() -> feed(bytes), "upflux-feed-" + name);
        }
    }

    /** From now on, nothing may come of it for so long. */
    void patience(Duration patience) {
        patienceNanos = patience.toNanos();
    }

    @Override
    public InputStream output() {
        return output;
    }

    @Override
    public StreamException failure() {
        try {
            process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
            listener.join(TimeUnit.SECONDS.toMillis(GRACE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new StreamException(name + ": " + reason());
    }

    @Override
    public void interrupt() {
        kill("reading was stopped");
    }

    @Override
    public void close() {
        watch.dispose();
        closeFed();
        process.destroyForcibly();
        try {
            process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (process.isAlive()) {
            LOG.error("{}: the process {} that decodes it cannot be ended", name, process.pid());
        }
    }

    private String reason() {
        String known = verdict;
        if (known != null) {
            return known;
        }
        if (process.isAlive()) {
            return "the process that decodes it says no more";
        }
        int code = process.exitValue();
        if (code == OUT_OF_MEMORY) {
            return "the process that decodes it ran out of heap";
        }
        if (crash != null) {
            return "the process that decodes it crashed in " + crash;
        }
        return "the process that decodes it ended "
                + (code > SIGNALLED ? "by signal " + (code - SIGNALLED) : "with code " + code);
    }

    private void hangs(long waitingNanos) {
        kill("nothing came of decoding it for " + TimeUnit.NANOSECONDS.toSeconds(waitingNanos) + " s");
    }

    private void kill(String why) {
        if (process.isAlive() && verdict == null) {
            verdict = why;
            process.destroyForcibly();
        }
    }

    private void feed(ReadableByteChannel bytes) {
        ByteBuffer piece = ByteBuffer.allocate(1 << 16);
        try (OutputStream target = process.getOutputStream()) {
            while (read(bytes, piece.clear())) {
                target.write(piece.array(), 0, piece.position());
                target.flush();
            }
        } catch (IOException e) {
            // It has ended, or is about to, and says why.
        } finally {
            closeFed();
        }
    }

    /** @return whether there is more */
    private boolean read(ReadableByteChannel bytes, ByteBuffer piece) {
        try {
            return bytes.read(piece) >= 0;
        } catch (IOException e) {
            kill(String.valueOf(e.getMessage()));
            return false;
        }
    }

    /** What it says is for developers, but for where it crashed. */
    private void listen() {
        try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                LOG.debug("{}: {}", name, line);
                Matcher where = WHERE.matcher(line);
                if (crash == null && where.matches()) {
                    crash = where.group(1);
                }
            }
        } catch (IOException e) {
            LOG.debug("{}: its process says no more", name, e);
        }
    }

    private void closeFed() {
        ReadableByteChannel bytes = fed;
        if (bytes != null) {
            try {
                bytes.close();
            } catch (IOException e) {
                LOG.debug("{}: what was sent cannot be closed", name, e);
            }
        }
    }

    private static Thread run(Runnable what, String name) {
        Thread thread = new Thread(what, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Knows since when somebody waits for more. */
    private static final class Output extends FilterInputStream {
        private static final long NOBODY = Long.MIN_VALUE;

        private volatile long since = NOBODY;

        Output(InputStream in) {
            super(in);
        }

        long waiting() {
            long begin = since;
            return begin == NOBODY ? 0 : System.nanoTime() - begin;
        }

        @Override
        public int read() throws IOException {
            since = System.nanoTime();
            try {
                return super.read();
            } finally {
                since = NOBODY;
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            since = System.nanoTime();
            try {
                return super.read(bytes, offset, length);
            } finally {
                since = NOBODY;
            }
        }
    }
}
