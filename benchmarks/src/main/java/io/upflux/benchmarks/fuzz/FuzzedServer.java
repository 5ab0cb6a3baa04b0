package io.upflux.benchmarks.fuzz;

import io.upflux.benchmarks.fuzz.Requests.Request;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server in a process of its own, with the streams {@code clip} and {@code push}, and how it takes requests. One thread. */
final class FuzzedServer implements AutoCloseable {
    private static final int ANSWER_MILLIS = 300;
    private static final int ALIVE_MILLIS = 20_000;
    private static final long START_SECONDS = 120;

    /** Streams that stand still or are sent, versions of HTTP, a full disk. */
    private static final List<String> HONEST = List.of("503", "505", "507");

    /** No request makes an error of the server's, nor of a stream one that is no line for people but a program's fault. */
    private static final Pattern BAD =
            Pattern.compile(" ERROR | WARN +\\S+: (?:java|io|reactor|org|ai)\\.[\\w.$]+(?:Exception|Error)\\b");

    private final int port;
    private final Path log;
    private final Process process;

    /** @param folder with {@code h264.mp4}, for its files */
    FuzzedServer(Path folder) throws IOException, InterruptedException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        log = folder.resolve("server.log");
        Path config = Files.writeString(
                folder.resolve("server.yml"), """
                address: 127.0.0.1:%d
                allowedSources: ['https://192.0.2.7']
                jobs: {folder: %s, minFree: 100000000G}
                streamDefaults: {model: bicubic-x2, device: cpu}
                streams:
                  clip: {source: %s}
                  push: {source: publisher}
                """.formatted(port, folder.resolve("jobs"), folder.resolve("h264.mp4")));
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        // A buffer that nobody gives back is an error in the log.
                        "-Dio.netty.leakDetection.level=paranoid",
                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                        "-Dorg.bytedeco.javacpp.maxBytes=0",
                        "-cp",
                        System.getProperty("java.class.path"),
                        io.upflux.server.Main.class.getName(),
                        "serve",
                        "-c",
                        config.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        process = builder.start();
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!isReady()) {
            if (!process.isAlive() || System.nanoTime() > limit) {
                throw new IOException("the server does not start: " + Files.readString(log));
            }
            Thread.sleep(100);
        }
    }

    /** Sends one. @return what was wrong with the answer, in one line; empty for nothing */
    String tried(Request request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(ANSWER_MILLIS);
            try {
                socket.getOutputStream().write(request.head());
                if (!request.talks()) {
                    socket.getOutputStream().write(request.rest());
                }
                String answer = some(socket);
                if (request.talks() && answer.startsWith("HTTP/1.1 101 ")) {
                    socket.getOutputStream().write(request.rest());
                    some(socket);
                }
                return judged(answer);
            } catch (SocketTimeoutException waiting) {
                // For the rest of a request, or a part that does not exist yet.
                return "";
            } catch (IOException hungUp) {
                return "";
            }
        }
    }

    /** What is wrong with the server by now; empty for nothing. */
    String state() throws IOException {
        if (!process.isAlive()) {
            return "crash: ended with " + process.exitValue();
        }
        // Not all of it is text: what makes no sense is shown as it came.
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            String bad =
                    lines.filter(line -> BAD.matcher(line).find()).findFirst().orElse("");
            return !bad.isEmpty() ? "log: " + bad : isReady() ? "" : "hang";
        }
    }

    /** Resident memory in bytes. */
    long resident() throws IOException {
        return statistic("VmRSS:") << 10;
    }

    long threads() throws IOException {
        return statistic("Threads:");
    }

    private long statistic(String name) throws IOException {
        return Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status")).stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    private boolean isReady() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(ALIVE_MILLIS);
            String head = "GET /live/clip/media.m3u8 HTTP/1.1\r\nHost: localhost\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            return some(socket).startsWith("HTTP/1.1 200 ");
        } catch (IOException e) {
            return false;
        }
    }

    private static String some(Socket socket) throws IOException {
        byte[] bytes = new byte[1 << 16];
        InputStream in = socket.getInputStream();
        int count = in.read(bytes);
        return new String(bytes, 0, Math.max(0, count), StandardCharsets.ISO_8859_1);
    }

    private static String judged(String answer) {
        if (answer.isEmpty()) {
            return "";
        }
        String line = answer.lines().findFirst().orElse("");
        if (!line.matches("HTTP/[0-9]\\.[0-9] [1-5][0-9][0-9] .*")) {
            return "no HTTP: " + line;
        }
        String status = line.substring(9, 12);
        return status.startsWith("5") && !HONEST.contains(status) ? "answered " + line : "";
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
