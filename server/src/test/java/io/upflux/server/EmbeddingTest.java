package io.upflux.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaInfo;
import io.upflux.codecs.MediaSink;
import io.upflux.codecs.MediaSource;
import io.upflux.codecs.OutputOptions;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.pipeline.FrameUpscaler;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.UpscalePipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** The examples of the README, run. */
class EmbeddingTest {
    @TempDir
    Path folder;

    @Test
    void upscalesAFile() {
        String input = folder.resolve("in.mp4").toString();
        String output = folder.resolve("out.mp4").toString();
        FfmpegPrograms.ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=0.5", "-c:v", "mpeg4", input);
        Catalogue catalogue = Catalogue.standard();
        try (SuperResolver resolver = catalogue.open(catalogue.find("plain-s-x2", null), Device.parse("auto"));
                MediaSource source = MediaSource.open(input, InputOptions.defaults(), Notices.none());
                MediaSink sink = MediaSink.create(output, OutputOptions.defaults(), source, Notices.none())) {
            UpscalePipeline.of(source, resolver, sink).run().blockLast();
        }
        assertThat(MediaInfo.probe(output, InputOptions.defaults())
                        .streams()
                        .get(0)
                        .video())
                .extracting(MediaInfo.Video::width, MediaInfo.Video::height)
                .containsExactly(128, 96);
    }

    @Test
    void upscalesAStreamOfFrames() {
        FrameFormat format = new FrameFormat(
                32,
                24,
                PixelLayout.YUV420P,
                ColourSpec.UNKNOWN_LIMITED,
                Rational.ONE,
                new Rational(1, 25),
                new Rational(25, 1));
        Function<NativeScope, Flux<VideoFrame>> frames =
                scope -> Flux.range(0, 5).map(i -> scope.frame(format, i, 1));
        List<String> sizes = new ArrayList<>();
        Consumer<VideoFrame> show =
                frame -> sizes.add(frame.pts() + ": " + frame.format().width());
        Catalogue catalogue = Catalogue.standard();
        try (SuperResolver resolver = catalogue.open(catalogue.find("bicubic-x3", null), Device.parse("cpu"))) {
            FrameFormat larger = FrameUpscaler.upscaled(format, resolver);
            try (NativeScope scope = new NativeScope();
                    FrameUpscaler upscaler = new FrameUpscaler(resolver, format, larger, scope)) {
                frames.apply(scope)
                        .transform(upscaler)
                        .doOnNext(show)
                        .doOnNext(VideoFrame::close)
                        .blockLast();
                assertThat(scope.outstanding()).isZero();
            }
        }
        assertThat(sizes).containsExactly("0: 96", "1: 96", "2: 96", "3: 96", "4: 96");
    }

    @Test
    void theReadmeShowsWhatIsTestedHere() throws IOException {
        String test = squeezed(Files.readString(Path.of("src/test/java/io/upflux/server/EmbeddingTest.java")));
        String[] parts = Files.readString(Path.of("../README.md")).split("```");
        int shown = 0;
        for (int i = 1; i < parts.length; i += 2) {
            if (parts[i].startsWith("java")) {
                assertThat(test)
                        .contains(squeezed(parts[i].substring("java".length())).replaceAll("}$", ""));
                shown++;
            }
        }
        assertThat(shown).isEqualTo(2);
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }
}
