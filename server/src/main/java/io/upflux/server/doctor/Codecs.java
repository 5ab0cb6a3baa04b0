package io.upflux.server.doctor;

import io.upflux.codecs.FfmpegBuild;
import io.upflux.codecs.VideoEncoders;
import io.upflux.codecs.VideoEncoders.Encoder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** FFmpeg, and which of its encoders work. */
final class Codecs {
    private Codecs() {}

    static List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        try {
            FfmpegBuild build = FfmpegBuild.present();
            findings.add(Finding.fine("ffmpeg", build.version() + ", " + build.licence()));
            List<Encoder> encoders = VideoEncoders.available();
            findings.add(software(encoders));
            encoders.stream().filter(Encoder::hardware).map(Codecs::hardware).forEach(findings::add);
        } catch (LinkageError e) {
            findings.add(Finding.problem(
                    "ffmpeg", "cannot be loaded: " + e.getMessage() + "; is this build for another platform?"));
        }
        return findings;
    }

    private static Finding software(List<Encoder> encoders) {
        String names = encoders.stream()
                .filter(encoder -> !encoder.hardware() && encoder.usable())
                .map(Encoder::name)
                .collect(Collectors.joining(", "));
        return names.isEmpty()
                ? Finding.problem("encoders", "none that need no hardware; is this build of FFmpeg complete?")
                : Finding.fine("encoders", names);
    }

    /** Not to have such a device is no problem. */
    private static Finding hardware(Encoder encoder) {
        return Finding.fine(
                "encoder", encoder.name() + (encoder.usable() ? " works" : " is not usable: " + encoder.reason()));
    }
}
