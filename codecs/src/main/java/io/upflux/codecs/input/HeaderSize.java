package io.upflux.codecs.input;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * How large a PNG, a JPEG, a TIFF or what else Java reads says that it is, in pixels.
 *
 * @param width as stored
 * @param height as stored
 */
record HeaderSize(int width, int height) {
    /** Reads the header of a file, and none of the picture; null where it is no such file, or a damaged one. */
    static @Nullable HeaderSize of(Path file) {
        try (ImageInputStream bytes = new FileImageInputStream(file.toFile())) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(bytes);
            if (!readers.hasNext()) {
                return null;
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(bytes, true, true);
                return new HeaderSize(reader.getWidth(0), reader.getHeight(0));
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
            // Readers throw what they like at headers that contradict themselves, and a Java runtime may lack them.
            return null;
        }
    }
}
