package io.upflux.codecs.output;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSink;
import io.upflux.codecs.MediaSource;
import io.upflux.codecs.OutputOptions;
import io.upflux.pipeline.Notices;
import java.nio.file.Path;

/** A whole run without a network between: decode, encode, carry everything else. */
final class Remux {
    private Remux() {}

    static void run(Path in, Path out, Notices notices) {
        run(in, out, InputOptions.defaults(), notices);
    }

    static void run(Path in, Path out, InputOptions input, Notices notices) {
        try (NativeScope scope = new NativeScope();
                MediaSource source = MediaSource.open(in.toString(), input, notices);
                MediaSink sink = MediaSink.create(out.toString(), OutputOptions.defaults(), source, notices)) {
            if (!sink.open(source.format()).layout().equals(source.format().layout())) {
                throw new IllegalArgumentException("this needs a conversion: " + source.format());
            }
            source.frames(scope).doOnNext(sink::write).blockLast();
            sink.finish();
        }
    }
}
