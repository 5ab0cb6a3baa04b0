package io.upflux.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.codecs.Fragment;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSource;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.StreamConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rendition that is not for the first source of its stream. */
class LateRenditionTest {
    @TempDir
    private Path folder;

    @Test
    void itBeginsAtTheTimeThatTheStreamIsAt() {
        StreamConfig config = ConfigFile.parse("test", """
                        streams:
                          cam: {source: cam.ts, renditions: [{name: small, height: 32, when: {maxHeight: 64}}]}
                        """, Map.of()).streams().get(0);
        List<Fragment> main = new ArrayList<>();
        List<Fragment> small = Collections.synchronizedList(new ArrayList<>());
        try (Renditions renditions = new Renditions(
                config,
                present -> {},
                main::add,
                (name, fragment) -> small.add(fragment),
                name -> {},
                (name, line) -> {},
                Notices.none())) {
            show(renditions, "128x96");
            assertThat(small).isEmpty();
            int before = main.size();
            show(renditions, "64x48");
            assertThat(main.get(before).startMicros()).isGreaterThan(900_000);
            assertThat(small.get(0).startMicros()).isEqualTo(main.get(before).startMicros());
        }
    }

    /** A second of pictures of a size. */
    private void show(Renditions renditions, String size) {
        Path clip = FfmpegPrograms.clip(
                folder.resolve(size + ".mp4"), "testsrc2=duration=1:rate=25:size=" + size, "-c:v", "libopenh264");
        try (NativeScope scope = new NativeScope();
                MediaSource source = MediaSource.open(clip.toString(), InputOptions.defaults(), Notices.none());
                FrameSink sink = renditions.sink(source)) {
            sink.open(source.format());
            source.frames(scope).doOnNext(sink::write).blockLast();
            sink.finish();
        }
    }
}
