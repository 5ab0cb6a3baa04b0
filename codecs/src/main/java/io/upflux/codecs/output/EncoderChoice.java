package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avutil.AV_OPT_SEARCH_CHILDREN;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_find;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set;

import io.upflux.codecs.OutputOptions;
import io.upflux.codecs.output.EncodedLayout.Loss;
import io.upflux.frame.PixelLayout;
import io.upflux.pipeline.StreamException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avutil.AVOption;
import org.jspecify.annotations.Nullable;

/** Which encoders come into question for an output, best first. */
final class EncoderChoice {
    /** An encoder, and what it would be given. */
    record Candidate(AVCodec codec, EncoderSpec spec, EncodedLayout layout, Loss loss) {}

    private final Container container;
    private final String location;
    private final OutputOptions options;

    /**
     * @throws StreamException when the encoder asked for does not exist or does not fit the container, or when no
     *     encoder in question knows an option
     */
    EncoderChoice(Container container, String location, OutputOptions options) {
        this.container = container;
        this.location = location;
        this.options = options;
        List<AVCodec> possible = encoders(PixelLayout.YUV420P);
        if (possible.isEmpty()) {
            throw new StreamException(
                    location + ": no encoder of this FFmpeg makes video that " + container + " holds");
        }
        checkOptions(possible);
        if (options.videoCodec() != null) {
            EncoderTable.spec(possible.get(0).name().getString())
                    .rate()
                    .options(new EncoderSpec.Request(options.crf(), options.bitrate(), 25, options.threads(), 0));
        }
    }

    /** At least one, for frames of this layout and size. */
    List<Candidate> candidates(PixelLayout offered, int width, int height) {
        List<Candidate> candidates = new ArrayList<>();
        for (AVCodec codec : encoders(offered)) {
            EncoderSpec spec = EncoderTable.spec(codec.name().getString()).in(container);
            EncodedLayout layout = EncodedLayout.nearest(codec, spec, offered);
            if (layout != null && spec.fits(width, height) && firstUnknown(codec) == null) {
                Loss loss = EncodedLayout.loss(offered, layout.layout(), spec.lossless());
                candidates.add(new Candidate(codec, spec, layout, loss));
            }
        }
        if (candidates.isEmpty()) {
            throw new StreamException(location + ": no suitable encoder takes " + width + "x" + height + " pictures ("
                    + encoders(offered).stream().map(c -> c.name().getString()).collect(Collectors.joining(", "))
                    + "); choose another video codec or size");
        }
        candidates.sort(Comparator.comparingInt(
                candidate -> candidate.loss().any() ? candidate.loss().cost() : 0));
        return candidates;
    }

    private List<AVCodec> encoders(PixelLayout layout) {
        String wanted = options.videoCodec();
        if (wanted != null) {
            return named(wanted);
        }
        List<String> names = new ArrayList<>(EncoderTable.preferences(container, layout));
        String byContainer = EncoderTable.containerDefault(container);
        if (byContainer != null && !names.contains(byContainer)) {
            names.add(byContainer);
        }
        List<AVCodec> encoders = new ArrayList<>();
        for (String name : names) {
            AVCodec codec = EncoderTable.find(name);
            if (codec != null && holds(codec)) {
                encoders.add(codec);
            }
        }
        return encoders;
    }

    private boolean holds(AVCodec codec) {
        if (container.isImage()) {
            return true;
        }
        // QuickTime's table lists codecs that its muxer then refuses; other muxers want headers that do not exist yet.
        return container.holds(codec.id())
                && (!container.isIso() || ContainerTrial.acceptsVideo(container, codec.id()));
    }

    private List<AVCodec> named(String wanted) {
        List<AVCodec> named = EncoderNames.encoders(wanted);
        if (!holds(named.get(0))) {
            throw new StreamException(location + ": " + container + " cannot hold what " + wanted
                    + " makes; choose another video codec or container (Matroska holds nearly everything)");
        }
        return named;
    }

    private void checkOptions(List<AVCodec> possible) {
        if (options.encoderOptions().isEmpty()) {
            return;
        }
        StreamException refused = null;
        boolean byHardware = false;
        for (AVCodec codec : possible) {
            if (firstUnknown(codec) == null) {
                StreamException refusal = refusal(codec);
                if (refusal == null) {
                    return;
                }
                // What software says holds on all machines.
                if (refused == null || byHardware) {
                    refused = refusal;
                    byHardware = EncoderTable.spec(codec.name().getString()).hardware();
                }
            }
        }
        if (refused != null) {
            throw refused;
        }
        String names = possible.stream().map(codec -> codec.name().getString()).collect(Collectors.joining(", "));
        String keys = String.join(", ", options.encoderOptions().keySet());
        throw new StreamException(
                possible.size() == 1
                        ? "encoder " + names + " has no option " + firstUnknown(possible.get(0))
                        : "no encoder for " + container + " has the option(s) " + keys + "; there are " + names
                                + " (choose one by its name to see which option it lacks)");
    }

    private @Nullable String firstUnknown(AVCodec codec) {
        AVCodecContext context = avcodec_alloc_context3(codec);
        try {
            for (String key : options.encoderOptions().keySet()) {
                AVOption option = av_opt_find(context, key, null, 0, AV_OPT_SEARCH_CHILDREN);
                if (option == null || option.isNull()) {
                    return key;
                }
            }
            return null;
        } finally {
            avcodec_free_context(context);
        }
    }

    /** What is wrong with the values of options that an encoder knows; null for nothing. */
    private @Nullable StreamException refusal(AVCodec codec) {
        AVCodecContext context = avcodec_alloc_context3(codec);
        try {
            for (Map.Entry<String, String> option : options.encoderOptions().entrySet()) {
                if (av_opt_set(context, option.getKey(), option.getValue(), AV_OPT_SEARCH_CHILDREN) < 0) {
                    return new StreamException("encoder " + codec.name().getString() + ": option " + option.getKey()
                            + " does not take the value " + option.getValue());
                }
            }
            return null;
        } finally {
            avcodec_free_context(context);
        }
    }
}
