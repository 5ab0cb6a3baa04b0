package io.upflux.server.bench.drawn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DrawnClipTest {
    private static final int WIDTH = 320;
    private static final int HEIGHT = 192;

    @Test
    void theSameEveryTime() {
        List<DrawnClip> first = DrawnClip.all(WIDTH, HEIGHT, 3);
        List<DrawnClip> second = DrawnClip.all(WIDTH, HEIGHT, 3);

        for (int i = 0; i < first.size(); i++) {
            assertThat(luma(first.get(i))).isDeepEqualTo(luma(second.get(i)));
        }
        assertThat(first.stream().map(DrawnClip::name)).doesNotHaveDuplicates();
    }

    @Test
    void slidesChangeEveryTwoSecondsAndFadesBeforeThat() {
        byte[][] cut = luma(named("slides", 110));
        byte[][] faded = luma(named("slides-fading", 110));

        assertThat(changes(cut)).containsExactly(50, 100);
        assertThat(changes(faded)).contains(45, 49, 95).doesNotContain(10, 37, 60);
        assertThat(faded[0]).isEqualTo(cut[0]);
    }

    @Test
    void screensChangeInPlaces() {
        byte[][] editor = luma(named("screen-editor", 100));
        byte[][] desktop = luma(named("screen-desktop", 110));

        assertThat(changes(editor)).as("letters, cursor, pointer").hasSizeBetween(30, 60);
        for (int i = 1; i < editor.length; i++) {
            assertThat(differing(editor[i - 1], editor[i])).isLessThan(WIDTH * HEIGHT / 50);
        }
        assertThat(differing(desktop[40], desktop[41])).as("scrolled").isGreaterThan(WIDTH * HEIGHT / 20);
        assertThat(differing(desktop[99], desktop[100])).as("another window").isGreaterThan(WIDTH * HEIGHT / 2);
    }

    @Test
    void textCanBeRead() {
        Canvas canvas = new Canvas(60, 20);
        canvas.text("I", 4, 4, 2, 0xffffff);

        // The stem is the third of five dots, each two pixels wide, from the top of the capitals to their foot.
        assertThat(canvas.samples().get(10 * 60 + 9)).isGreaterThan(0.9f);
        assertThat(canvas.samples().get(10 * 60 + 4)).isZero();
        assertThat(canvas.samples().get(2 * 60 + 9)).isZero();
    }

    @Test
    void scatteredWindowsChangeInTheShareAskedFor() {
        for (int window : new int[] {8, 16}) {
            byte[][] frames = luma(new ScatteredChange(WIDTH, HEIGHT, window, 0.25, 5));
            int windows = (WIDTH / window) * (HEIGHT / window);
            for (int i = 1; i < frames.length; i++) {
                assertThat(changedWindows(frames[i - 1], frames[i], window)).isEqualTo(windows / 4);
            }
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new ScatteredChange(100, 100, 8, 0.5, 2));
    }

    private static int changedWindows(byte[] before, byte[] after, int window) {
        boolean[] changed = new boolean[(WIDTH / window) * (HEIGHT / window)];
        for (int i = 0; i < before.length; i++) {
            if (before[i] != after[i]) {
                changed[i / WIDTH / window * (WIDTH / window) + i % WIDTH / window] = true;
            }
        }
        int count = 0;
        for (boolean one : changed) {
            count += one ? 1 : 0;
        }
        return count;
    }

    private static DrawnClip named(String name, int frames) {
        return DrawnClip.all(WIDTH, HEIGHT, frames).stream()
                .filter(clip -> clip.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<Integer> changes(byte[][] frames) {
        List<Integer> changes = new ArrayList<>();
        for (int i = 1; i < frames.length; i++) {
            if (differing(frames[i - 1], frames[i]) > 0) {
                changes.add(i);
            }
        }
        return changes;
    }

    private static int differing(byte[] before, byte[] after) {
        int count = 0;
        for (int i = 0; i < before.length; i++) {
            count += before[i] == after[i] ? 0 : 1;
        }
        return count;
    }

    private static byte[][] luma(FrameSource source) {
        List<byte[]> frames = new ArrayList<>();
        try (source;
                NativeScope scope = new NativeScope()) {
            source.frames(scope)
                    .doOnNext(frame -> {
                        frames.add(luma(frame));
                        frame.close();
                    })
                    .blockLast();
        }
        return frames.toArray(byte[][]::new);
    }

    private static byte[] luma(VideoFrame frame) {
        Plane plane = frame.plane(0);
        byte[] samples = new byte[WIDTH * HEIGHT];
        for (int y = 0; y < HEIGHT; y++) {
            plane.data().get(y * plane.stride(), samples, y * WIDTH, WIDTH);
        }
        return samples;
    }
}
