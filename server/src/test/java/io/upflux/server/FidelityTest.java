package io.upflux.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What goes in comes out, larger: every clip of a folder is upscaled and compared with its source by ffprobe.
 *
 * <p>{@code mvn verify -Dupflux.clips=FOLDER [-Dupflux.fidelity.table=docs/fidelity.md]}; skipped without the folder.
 */
@Tag("slow")
class FidelityTest {
    @TempDir
    Path temporary;

    @Test
    void everyClipKeepsItsTimingStreamsAndColour() throws IOException {
        String folder = System.getProperty("upflux.clips", "");
        assumeTrue(!folder.isEmpty(), "give a folder of clips by -Dupflux.clips=FOLDER");
        List<Path> clips;
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            clips = files.filter(Files::isRegularFile).sorted().toList();
        }
        Map<String, Fidelity> results = new LinkedHashMap<>();
        List<String> wrong = new ArrayList<>();
        for (Path clip : clips) {
            Fidelity result = Fidelity.measure(clip, temporary);
            results.put(clip.getFileName().toString(), result);
            result.differences().forEach(difference -> wrong.add(clip.getFileName() + ": " + difference));
        }
        String table = System.getProperty("upflux.fidelity.table", "");
        if (!table.isEmpty()) {
            Files.writeString(Path.of(table), FidelityTable.markdown(results));
        }
        assertThat(wrong).isEmpty();
    }
}
