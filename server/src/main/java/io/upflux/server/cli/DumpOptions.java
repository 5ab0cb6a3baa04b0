package io.upflux.server.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Pictures that a run on this machine leaves beside its output: of what was computed, and of how far it is. */
final class DumpOptions {
    @Option(
            names = "--dump-halting",
            paramLabel = "FOLDER",
            description = {
                "With --halting T, write a grey PNG picture a frame, as large as the input: each window the brighter the",
                "more blocks computed it. Named after the input, with the number of the frame unless it is a picture."
            })
    private @Nullable Path halting;

    @Option(
            names = "--dump-reuse",
            paramLabel = "FOLDER",
            description = {
                "Write a grey PNG picture a frame, as large as the input: each window black where it was kept, darker grey",
                "where it was adapted, lighter grey where it was computed, white where nothing was known. Named likewise.",
                "Beside them a file of JSON lines: what was computed, batch fill, predicted and real time of each frame."
            })
    private @Nullable Path reuse;

    @Option(
            names = "--snapshot",
            paramLabel = "FILE",
            description =
                    "Keep the newest upscaled frame in this file while working: JPEG, small, once a second at most.")
    private @Nullable Path snapshot;

    /** Folder for pictures of halting maps; null for none. */
    @Nullable
    Path halting() {
        return halting;
    }

    /** Folder for pictures of what was reused; null for none. */
    @Nullable
    Path reuse() {
        return reuse;
    }

    /** Where to keep the newest frame; null for nowhere. */
    @Nullable
    Path snapshot() {
        return snapshot;
    }

    /** Whether pictures of what was computed are asked for. */
    boolean any() {
        return halting != null || reuse != null;
    }
}
