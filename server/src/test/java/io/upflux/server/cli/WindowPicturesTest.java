package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.HaltingMap;
import io.upflux.models.quality.RgbPicture;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import io.upflux.server.bench.drawn.MovingPattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WindowPicturesTest {
    /** Not a multiple of the window. */
    private static final FrameFormat FORMAT = new MovingPattern(20, 14, 1).format();

    @TempDir
    private Path folder;

    @Test
    void windowsAreTheBrighterTheDeeper() {
        Path maps = folder.resolve("deep/maps");
        WindowPictures pictures = new WindowPictures(maps, "clip", true, FORMAT, false);
        pictures.write(map(1, 2, 3, 4, 5, 5));
        pictures.write(map(5, 5, 5, 5, 5, 1));

        assertPainted(maps.resolve("clip-000001.png"), 51, 102, 153, 204, 255, 255);
        assertPainted(maps.resolve("clip-000002.png"), 255, 255, 255, 255, 255, 51);
    }

    private static HaltingMap map(int... depths) {
        byte[] bytes = new byte[depths.length];
        for (int i = 0; i < depths.length; i++) {
            bytes[i] = (byte) depths[i];
        }
        return new HaltingMap(0, 3, 2, 8, 5, bytes);
    }

    private static void assertPainted(Path file, int... greys) {
        RgbPicture picture = PictureFile.read(file.toString(), Notices.none());
        assertThat(picture.width()).isEqualTo(20);
        assertThat(picture.height()).isEqualTo(14);
        for (int y = 0; y < 14; y++) {
            for (int x = 0; x < 20; x++) {
                for (int c = 0; c < 3; c++) {
                    assertThat(picture.rgb()[3 * (y * 20 + x) + c] & 0xff)
                            .as("%d,%d", x, y)
                            .isEqualTo(greys[y / 8 * 3 + x / 8]);
                }
            }
        }
    }

    @Test
    void aPictureHasOneMapOfItsName() {
        new WindowPictures(folder, "bird", false, FORMAT, false).write(map(1, 1, 1, 1, 1, 1));
        assertThat(folder.resolve("bird.png")).exists();
    }

    @Test
    void existingFilesStayUnlessOverwritten() throws IOException {
        Path file = Files.writeString(folder.resolve("clip-000001.png"), "precious");
        assertThatThrownBy(() -> new WindowPictures(folder, "clip", true, FORMAT, false))
                .isInstanceOf(StreamException.class)
                .hasMessage(file + ": exists already; --overwrite replaces it");

        Path second = Files.writeString(folder.resolve("other-000002.png"), "precious");
        WindowPictures careful = new WindowPictures(folder, "other", true, FORMAT, false);
        careful.write(map(1, 1, 1, 1, 1, 1));
        assertThatThrownBy(() -> careful.write(map(1, 1, 1, 1, 1, 1)))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining(second.toString());
        assertThat(second).hasContent("precious");

        new WindowPictures(folder, "clip", true, FORMAT, true).write(map(1, 1, 1, 1, 1, 5));
        assertPainted(file, 51, 51, 51, 51, 51, 255);
    }

    @Test
    void aFileIsNoFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("maps"), "precious");
        assertThatThrownBy(() -> new WindowPictures(file, "clip", true, FORMAT, false))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining(file.toString());
    }
}
