package io.upflux.server;

import java.io.IOException;
import java.nio.file.Path;

/** A server in a process of its own, for tests that kill it. */
public final class ServerProcess {
    private ServerProcess() {}

    /**
     * @param config its file
     * @param log what it says goes there
     * @return to be ended by the caller
     */
    public static Process start(Path config, Path log) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                        "-Dorg.bytedeco.javacpp.maxBytes=0",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "serve",
                        "-c",
                        config.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }
}
