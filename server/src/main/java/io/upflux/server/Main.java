package io.upflux.server;

import io.upflux.server.bench.NativeBalance;
import io.upflux.server.cli.Console;
import io.upflux.server.cli.UpfluxCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Entry point of the {@code upflux} program. */
public final class Main {
    private Main() {}

    /**
     * Runs one command and ends the process with its exit code. With the system property {@code upflux.memory} it says what
     * native memory, threads and descriptors are left.
     *
     * @param args as the user typed them
     */
    public static void main(String[] args) {
        Console console = console();
        int code = UpfluxCommand.execute(console, args);
        if (Boolean.getBoolean("upflux.memory")) {
            console.say("memory: " + NativeBalance.now());
        }
        System.exit(code);
    }

    /** The process's own streams, in UTF-8. */
    public static Console console() {
        // The launcher knows whether standard error is a terminal; a JVM before 22 does not.
        boolean terminal = Boolean.getBoolean("upflux.terminal");
        return new Console(utf8(FileDescriptor.out), utf8(FileDescriptor.err), terminal);
    }

    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
