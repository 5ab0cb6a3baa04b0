package io.upflux.server.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSource;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import io.upflux.server.bench.drawn.MovingPattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoiltPicturesTest {
    private static final String LINE = "frame 3: is black where the source is not";

    @TempDir
    private Path folder;

    private final List<String> warnings = new ArrayList<>();
    private final NativeScope scope = new NativeScope();
    private final VideoFrame source = frame(32, 24);
    private final VideoFrame upscaled = frame(64, 48);

    private VideoFrame frame(int width, int height) {
        return Objects.requireNonNull(
                new MovingPattern(width, height, 1).frames(scope).blockFirst());
    }

    private SpoiltPictures of(@Nullable Path output) {
        return new SpoiltPictures(output, new Notices() {
            @Override
            public void warning(String line) {
                warnings.add(line);
            }

            @Override
            public void info(String line) {}
        });
    }

    @AfterEach
    void giveBack() {
        scope.close();
    }

    @Test
    void whatIsMendedIsAWarning() throws IOException {
        of(folder.resolve("out.mkv")).mended(LINE);
        assertThat(warnings).containsExactly(LINE);
        assertThat(files()).isEmpty();
    }

    @Test
    void whatStaysSpoiltFailsAndIsKeptForAnEye() throws IOException {
        Path output = folder.resolve("out.mkv");
        String name = "out.mkv." + source.pts();
        Path small = folder.resolve(name + ".source.png");
        Path large = folder.resolve(name + ".upscaled.png");
        assertThatThrownBy(() -> of(output).spoilt(LINE, source, upscaled))
                .isInstanceOf(StreamException.class)
                .hasMessage(LINE + ", also when computed again; kept as " + small + " and " + large
                        + "; use another model, device or precision");
        assertThat(width(small)).isEqualTo(32);
        assertThat(width(large)).isEqualTo(64);
    }

    @Test
    void picturesOfAnEarlierRunStay() throws IOException {
        Path output = folder.resolve("out.mkv");
        assertThatThrownBy(() -> of(output).spoilt(LINE, source, upscaled)).isInstanceOf(StreamException.class);
        assertThatThrownBy(() -> of(output).spoilt(LINE, source, upscaled)).hasMessageContaining(".source-2.png");
        assertThat(files()).hasSize(4);
    }

    @Test
    void whereNothingCanBeKeptTheRunFailsAsWell() {
        assertThatThrownBy(() -> of(folder.resolve("gone/out.mkv")).spoilt(LINE, source, upscaled))
                .isInstanceOf(StreamException.class)
                .hasMessageContainingAll(LINE, "and could not be kept: ", "gone");
    }

    @Test
    void whatIsNoFileKeepsNothing() throws IOException {
        assertThat(of(null).spoilt(LINE, source, upscaled)).isFalse();
        assertThat(files()).isEmpty();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static int width(Path picture) {
        try (MediaSource opened = MediaSource.open(picture.toString(), InputOptions.defaults(), Notices.none())) {
            return opened.format().width();
        }
    }
}
