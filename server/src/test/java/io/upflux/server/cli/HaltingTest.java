package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.models.quality.RgbPicture;
import io.upflux.pipeline.Notices;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network that halts, from the command line to the pictures. */
class HaltingTest {
    private static final String MODEL = "adaformer-v-s-x2";
    private static final int BLOCKS = 8;
    private static final int FRAMES = 3;

    /** Neither side a multiple of the window. */
    private static final int WIDTH = 100;

    private static final int HEIGHT = 60;

    private final Streams streams = new Streams();

    @TempDir
    private Path folder;

    @Test
    void theReportCountsWhatThePicturesShow() {
        Path clip = folder.resolve("clip.mkv");
        draw(clip, FRAMES);
        Path maps = folder.resolve("maps");

        JsonNode result = upscale(clip, folder.resolve("out.mkv"), "--halting", "0.5", "--dump-halting", maps);

        double[] skipped = new double[BLOCKS];
        int windows = 0;
        for (int frame = 1; frame <= FRAMES; frame++) {
            RgbPicture map = picture(maps.resolve("clip-00000" + frame + ".png"));
            assertThat(map.width()).isEqualTo(WIDTH);
            assertThat(map.height()).isEqualTo(HEIGHT);
            for (int y = 0; y < HEIGHT; y += 8) {
                for (int x = 0; x < WIDTH; x += 8) {
                    int grey = map.rgb()[3 * (y * WIDTH + x)] & 0xff;
                    windows++;
                    for (int block = Math.round(grey * BLOCKS / 255f); block < BLOCKS; block++) {
                        skipped[block]++;
                    }
                }
            }
        }
        assertThat(maps.toFile().list()).hasSize(FRAMES);
        assertThat(result.get("halted")).hasSize(BLOCKS);
        for (int block = 0; block < BLOCKS; block++) {
            assertThat(result.get("halted").get(block).asDouble()).isCloseTo(skipped[block] / windows, within(1e-4));
        }
        assertThat(result.get("halted").get(0).asDouble()).isZero();
        assertThat(result.get("halted").get(BLOCKS - 1).asDouble()).isPositive();
    }

    @Test
    void haltingChangesAPictureALittle() {
        Path small = folder.resolve("small.png");
        draw(small, 1);
        Path maps = folder.resolve("maps");

        JsonNode dense = upscale(small, folder.resolve("dense.png"));
        JsonNode halted = upscale(small, folder.resolve("halted.png"), "--halting", "0.2", "--dump-halting", maps);

        assertThat(dense.get("halted")).isEmpty();
        assertThat(halted.get("halted").get(BLOCKS - 1).asDouble()).isPositive();
        assertThat(maps.toFile().list()).containsExactly("small.png");
        RgbPicture one = picture(folder.resolve("dense.png"));
        RgbPicture other = picture(folder.resolve("halted.png"));
        assertThat(List.of(other.width(), other.height())).containsExactly(2 * WIDTH, 2 * HEIGHT);
        assertThat(meanDifference(one, other)).isGreaterThan(0).isLessThan(4);
    }

    @Test
    void evaluationTellsWhatWasHalted() {
        draw(folder.resolve("small.png"), 1);
        assertThat(streams.upflux("eval", "--set", folder, "-n", MODEL, "--halting", "0.5", "--json"))
                .describedAs(streams.err())
                .isZero();
        JsonNode result = streams.json().get(1);
        assertThat(result.get("halted")).hasSize(BLOCKS);
        assertThat(result.get("halted").get(BLOCKS - 1).asDouble()).isPositive();
        assertThat(streams.err()).contains("windows halted before block 2, 3, ...:");
    }

    @Test
    void aThresholdNoWindowCanReachIsWrongUsage() {
        Path small = folder.resolve("small.png");
        draw(small, 1);
        Path output = folder.resolve("out.png");
        assertThat(streams.upflux("upscale", small, "-o", output, "-n", MODEL, "--halting", "8.5"))
                .isEqualTo(2);
        assertThat(streams.err()).contains(MODEL + " has 8 blocks, so T must be less than 7");
        assertThat(output).doesNotExist();
    }

    private static void draw(Path file, int frames) {
        String source = "testsrc2=size=" + WIDTH + "x" + HEIGHT + ":rate=10";
        String codec = frames == 1 ? "png" : "ffv1";
        FfmpegPrograms.ffmpeg("-f", "lavfi", "-i", source, "-frames:v", "" + frames, "-c:v", codec, file.toString());
    }

    private JsonNode upscale(Path input, Path output, Object... more) {
        Streams own = new Streams();
        Object[] args = new Object[8 + more.length];
        System.arraycopy(
                new Object[] {"upscale", input, "-o", output, "-n", MODEL, "--json", "--no-progress"}, 0, args, 0, 8);
        System.arraycopy(more, 0, args, 8, more.length);
        assertThat(own.upflux(args)).describedAs(own.err()).isZero();
        return own.json().get(0);
    }

    private static RgbPicture picture(Path file) {
        return PictureFile.read(file.toString(), Notices.none());
    }

    private static double meanDifference(RgbPicture one, RgbPicture other) {
        double sum = 0;
        for (int i = 0; i < one.rgb().length; i++) {
            sum += Math.abs((one.rgb()[i] & 0xff) - (other.rgb()[i] & 0xff));
        }
        return sum / one.rgb().length;
    }
}
