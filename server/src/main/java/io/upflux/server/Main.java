package io.upflux.server;

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
     * Runs one command and ends the process with its exit code.
     *
     * @param args as the user typed them
     */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    private static int run(String[] args) {
        // The launcher knows whether standard error is a terminal; a JVM before 22 does not.
        boolean terminal = Boolean.getBoolean("upflux.terminal");
        PrintStream out = utf8(FileDescriptor.out);
        PrintStream err = utf8(FileDescriptor.err);
        return UpfluxCommand.execute(new Console(out, err, terminal), args);
    }

    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
