package io.upflux.server.decode;

import io.upflux.codecs.MediaRelay;
import io.upflux.codecs.MediaSource;
import io.upflux.pipeline.Notices;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process that decodes one source. It reads its order from standard input and writes what it decodes to where it is told; it
 * ends with the source, when nobody takes that any more, and with the server, however that ends.
 */
public final class DecodeMain {
    private DecodeMain() {}

    /** @param args where to write instead of standard output, if not there */
    public static void main(String[] args) throws IOException {
        FileOutputStream out =
                args.length > 0 ? new FileOutputStream(args[0]) : new FileOutputStream(FileDescriptor.out);
        endWithParent();
        endFirst();
        MediaRelay.prepare();
        FileInputStream in = new FileInputStream(FileDescriptor.in);
        DecodeOrder order = DecodeOrder.read(in);
        MediaRelay.send(notices -> open(order, in, notices), out.getChannel());
        System.exit(0);
    }

    private static MediaSource open(DecodeOrder order, FileInputStream in, Notices notices) {
        String location = order.location();
        return location == null
                ? MediaSource.read(order.name(), in.getChannel(), order.options(), notices)
                : MediaSource.open(location, order.options(), notices);
    }

    /** Native code may never return, and what it waits for may never come. */
    private static void endWithParent() {
        ProcessHandle.current()
                .parent()
                .ifPresent(server ->
                        server.onExit().thenRun(() -> Runtime.getRuntime().halt(1)));
    }

    /** Where memory is short, Linux ends this process before the server. */
    private static void endFirst() {
        try {
            Files.writeString(Path.of("/proc/self/oom_score_adj"), "1000");
        } catch (IOException e) {
            // No Linux, or not allowed.
        }
    }
}
