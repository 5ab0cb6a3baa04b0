package io.upflux.server.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.FfmpegPrograms;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaTimes;
import io.upflux.codecs.OutputOptions;
import io.upflux.models.Catalogue;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.SuperResolver;
import io.upflux.reuse.ReuseMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** A network that reuses what it can: a segment must not remember anything but its own frames all the same. */
class SegmentTaskTest {
    @TempDir
    private Path folder;

    private Path clip;

    @BeforeEach
    void makeClip() {
        clip = folder.resolve("clip.mkv");
        FfmpegPrograms.ffmpeg(
                "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=10:duration=3", "-c:v", "mpeg4", "-g", "7", clip + "");
    }

    @Test
    void comesOutTheSameWhateverWasComputedBefore() {
        List<Segment> plan = plan(clip);
        assertThat(plan).hasSize(4);
        SegmentResult alone = task(clip, folder, plan, 1).run(Notices.none());
        try (SuperResolver resolver = options(clip, plan).openModel(Catalogue.standard())) {
            for (int index : List.of(2, 0)) {
                task(clip, folder, plan, index).run(resolver, Notices.none(), frames -> {}, Mono.never());
            }
            SegmentResult after = task(clip, folder, plan, 1).run(resolver, Notices.none(), frames -> {}, Mono.never());
            assertThat(after)
                    .usingRecursiveComparison()
                    .ignoringFields("inference.seconds")
                    .isEqualTo(alone);
        }
    }

    @Test
    void comesOutTheSameInAnotherProcess() throws Exception {
        SegmentResult here = task(clip, folder, plan(clip), 1).run(Notices.none());
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-Dorg.bytedeco.javacpp.maxBytes=0",
                Elsewhere.class.getName(),
                clip.toString(),
                folder.toString());
        // Not on the command line, which ONNX Runtime wants short.
        java.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = java.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(said.trim()).isEqualTo(here.sha256());
    }

    /** Another process's program. */
    static final class Elsewhere {
        private Elsewhere() {}

        public static void main(String[] arguments) {
            Path clip = Path.of(arguments[0]);
            SegmentResult result =
                    task(clip, Path.of(arguments[1]), plan(clip), 1).run(Notices.none());
            System.out.println(result.sha256());
            System.exit(0);
        }
    }

    private static SegmentTask task(Path clip, Path folder, List<Segment> plan, int index) {
        return new SegmentTask(options(clip, plan), plan.get(index), folder.resolve(index + ".packets"));
    }

    private static List<Segment> plan(Path clip) {
        return SegmentedJob.plan(MediaTimes.read(clip.toString(), InputOptions.defaults()), 1);
    }

    private static JobOptions options(Path clip, List<Segment> plan) {
        return new JobOptions(
                clip.toString(),
                InputOptions.defaults(),
                clip.resolveSibling("out.mkv").toString(),
                OutputOptions.defaults().withThreads(1),
                "plain-s-x2",
                "cpu",
                1,
                "off",
                ReuseMode.NEAR,
                true,
                SegmentPlan.longest(plan),
                null);
    }
}
