package io.upflux.codecs.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.bytedeco.ffmpeg.global.avutil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocationTest {
    @TempDir
    Path folder;

    /** Whether before or after it was looked at makes no difference to whoever reads the line. */
    @Test
    void whatVanishesBeforeItIsOpenedIsNoSuchFile() throws IOException {
        Path clip = Files.write(folder.resolve("clip.mkv"), new byte[] {1});
        Location location = Location.of(clip.toString());
        assertThat(location.failure(avutil.AVERROR_ENOENT(), Set.of())).hasMessage(clip + ": no such file");
        assertThat(location.failure(avutil.AVERROR_EIO(), Set.of())).hasMessageNotContaining("no such file");
    }
}
