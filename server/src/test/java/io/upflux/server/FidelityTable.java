package io.upflux.server;

import java.util.Locale;
import java.util.Map;

/** The results of many clips as a page of the documentation. */
final class FidelityTable {
    private FidelityTable() {}

    static String markdown(Map<String, Fidelity> results) {
        StringBuilder page = new StringBuilder();
        page.append("""
                # Fidelity

                Each clip upscaled by `upflux upscale CLIP -o OUTPUT -n bicubic-x2` and compared with its source by ffprobe:
                frame count, the time of each frame, duration, streams, tags, chapters, colour tags, sample aspect, rotation, and
                the start of the sound against the picture. `frames` is source / result; `moved` the largest change of a frame's
                time (at most one tick of the coarser time base, 1 ms in Matroska); `sound` the change of the start of the sound
                against the picture. Made by `mvn verify -Dupflux.clips=FOLDER -Dupflux.fidelity.table=docs/fidelity.md`.

                | clip | frames | moved ms | sound ms | streams of the result | said | differs |
                |---|---|---|---|---|---|---|
                """);
        results.forEach((clip, r) -> page.append(String.format(
                Locale.ROOT,
                "| %s | %s | %.2f | %.1f | %s | %s | %s |%n",
                clip,
                r.frames(),
                r.worstPtsMillis(),
                r.offsetMillis(),
                r.streams(),
                String.join("<br>", r.notices()).replace("|", "\\\\|"),
                r.differences().isEmpty() ? "-" : String.join("<br>", r.differences()))));
        return page.toString();
    }
}
