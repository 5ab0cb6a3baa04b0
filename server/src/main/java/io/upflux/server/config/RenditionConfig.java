package io.upflux.server.config;

import io.upflux.codecs.LiveOptions;
import io.upflux.codecs.OutputOptions;
import java.util.Map;

/**
 * One more output of a stream, from the same upscaled pictures.
 *
 * @param name as a stream's
 * @param live how it is encoded and cut
 * @param when for which sources there is one
 */
public record RenditionConfig(String name, LiveOptions live, When when) {
    /** @param stream what is not said is as of it */
    static RenditionConfig read(Settings said, LiveOptions stream) {
        String name = said.text("name");
        if (name == null || !StreamSettings.isName(name)) {
            throw said.wrong("name", "must be given, of " + StreamSettings.NAMED);
        }
        OutputOptions usual = stream.encoding();
        Integer crf = said.integer("crf", 0, 63);
        Long bitrate = said.bitrate("bitrate");
        boolean quality = crf != null || bitrate != null;
        String codec = said.text("videoCodec");
        Integer height = said.integer("height", 16, 16384);
        Map<String, String> options = said.texts("encoderOptions");
        When when = When.read(said);
        said.end();
        OutputOptions encoding = said.checked(
                "crf",
                () -> new OutputOptions(
                        codec == null ? usual.videoCodec() : codec,
                        codec == null && options.isEmpty() ? usual.encoderOptions() : options,
                        quality ? crf : usual.crf(),
                        quality ? bitrate : usual.bitrate(),
                        height == null ? usual.height() : height,
                        false,
                        null,
                        usual.threads()));
        return new RenditionConfig(name, stream.withEncoding(encoding), when == null ? When.ALWAYS : when);
    }
}
