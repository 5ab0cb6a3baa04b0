package io.upflux.server.live;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.LiveInput;
import io.upflux.codecs.MediaNames;
import io.upflux.codecs.MediaSource;
import io.upflux.codecs.NativeHeap;
import io.upflux.governor.Ticker;
import io.upflux.live.Arrivals;
import io.upflux.live.FrameAges;
import io.upflux.live.LiveFrames;
import io.upflux.live.LiveGovernor;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.server.config.StreamConfig;
import io.upflux.server.decode.Decoders;
import io.upflux.server.preview.Previews;
import io.upflux.server.source.GuardedSource;
import io.upflux.server.source.SourceGuard;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import reactor.core.publisher.Mono;

/** A stream's source from being opened to its end. */
final class LiveSession {
    private static final Duration FOREVER = Duration.ofDays(10_000);
    private static final Duration CLOSING = Duration.ofSeconds(30);

    private final StreamConfig config;
    private final Decoders decoders;
    private final Renditions output;
    private final Ladders ladders;
    private final Previews previews;
    private final StreamCounters counters;
    private final SpoiltPair spoilt;
    private final Notices notices;

    LiveSession(
            StreamConfig config,
            Decoders decoders,
            Renditions output,
            Ladders ladders,
            Previews previews,
            StreamCounters counters,
            SpoiltPair spoilt,
            Notices notices) {
        this.config = config;
        this.decoders = decoders;
        this.output = output;
        this.ladders = ladders;
        this.previews = previews;
        this.counters = counters;
        this.spoilt = spoilt;
        this.notices = notices;
    }

    /** Reads the configured source, through the guard where it came by request; else as {@link #run(LiveInput, Mono)}. */
    void run(SourceGuard guard, Mono<Void> stop) {
        if (!config.guarded()) {
            run(config.source(), config.sourceOptions(), stop);
            return;
        }
        try (GuardedSource source = guard.open(config.source(), config.sourceOptions())) {
            run(source.url(), source.demuxerOptions(), stop);
        }
    }

    private void run(String url, Map<String, String> options, Mono<Void> stop) {
        try {
            run(open(url, options, stop), stop);
        } catch (StreamException e) {
            // Viewers are told, too: neither where things lie on this machine nor which port stands for the source.
            String message = String.valueOf(e.getMessage()).replace(MediaNames.shown(url), "the source");
            throw new StreamException(message, e);
        }
    }

    private LiveInput open(String url, Map<String, String> options, Mono<Void> stop) {
        if (config.isolated()) {
            return followed(decoders.open(url, input(options), stop, notices));
        }
        try (InterruptedBy interruption = new InterruptedBy(stop)) {
            return MediaSource.open(url, input(options), notices);
        }
    }

    /** A source that may be lost: what decodes the next one has started by then, so that who comes back is not kept waiting. */
    private LiveInput followed(LiveInput source) {
        if (config.isPublished() || !config.isFile()) {
            decoders.prepare();
        }
        return source;
    }

    /** Reads what somebody sends; else as {@link #run(LiveInput, Mono)}. */
    void run(Publication publication, Mono<Void> stop) {
        InputOptions input = input(config.sourceOptions());
        LiveInput source = config.isolated()
                ? followed(decoders.read(publication, input, stop, notices))
                : MediaSource.read(config.name(), publication, input, notices);
        run(source, stop);
    }

    /** Blocks until the source has ended, or it shall stop. */
    private void run(LiveInput opened, Mono<Void> stop) {
        try (LiveInput source = opened) {
            Ladder ladder = ladders.of(source.format());
            LiveGovernor governor =
                    config.governor() ? new LiveGovernor(ladder.steps(), config.latency(), Ticker.system()) : null;
            // What knows its length comes as fast as it is read.
            boolean paced = !config.listen() && (config.isFile() || source.estimatedFrames() > 0);
            FrameAges ages = new FrameAges(governor == null ? Arrivals.UNHEARD : governor);
            GlassClock glass = counters.glass(ages, source.format().timeBase());
            LiveFrames frames = new LiveFrames(source, paced, glass);
            UpscalePipeline pipeline = UpscalePipeline.of(frames, ladder.best(), output.sink(source))
                    .watch(previews.watcher(ages::age))
                    .reuse(config.reuse(), map -> counters.upscaled(map, ages.age(map.pts())));
            if (config.guard()) {
                pipeline.guard(new ResizedPictures(counters, spoilt, notices));
            }
            counters.begin(frames, pipeline.times(), ladder.steps(), governor);
            try {
                (governor == null ? pipeline.live() : pipeline.live(governor))
                        .run()
                        .doOnNext(progress -> {
                            glass.written(progress.pts());
                            counters.frame();
                        })
                        .takeUntilOther(stop)
                        .blockLast();
            } finally {
                pipeline.closed().block(CLOSING);
                counters.end();
            }
        } finally {
            NativeHeap.trim();
        }
    }

    private InputOptions input(Map<String, String> said) {
        Map<String, String> options = new LinkedHashMap<>(said);
        if (config.source().toLowerCase(Locale.ROOT).startsWith("rtsp:")) {
            // Over UDP, lost packets would be the rule on anything but a local network.
            options.putIfAbsent("rtsp_transport", "tcp");
        }
        InputOptions input = InputOptions.defaults()
                .withRotatePixels(true)
                .withLoop(true)
                .withDemuxerOptions(options)
                .withHwaccel(config.hwaccel())
                .withLimits(config.limits().input().withDuration(null));
        return config.listen() ? input.withDeadlines(FOREVER, input.readDeadline()) : input;
    }
}
