package io.upflux.server.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.upflux.codecs.MediaNames;
import io.upflux.pipeline.StreamException;
import io.upflux.server.config.JobsConfig;
import io.upflux.server.config.Settings;
import io.upflux.server.job.Job;
import io.upflux.server.job.JobRefusal;
import io.upflux.server.job.JobRequest;
import io.upflux.server.job.JobState;
import io.upflux.server.job.Jobs;
import io.upflux.server.preview.PreviewKind;
import io.upflux.server.source.SourceRefused;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;

/** {@code /api/v1/jobs}: file jobs. */
final class JobRoutes {
    private static final String ALL = "/api/v1/jobs";
    private static final String ONE = ALL + "/{id}";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final int USUAL_PAGE = 50;
    private static final int LARGEST_PAGE = 1000;

    private final @Nullable Jobs jobs;

    /** @param jobs null where there are none */
    JobRoutes(@Nullable Jobs jobs) {
        this.jobs = jobs;
    }

    void addTo(Router router) {
        router.get(ALL, on(JobRoutes::list))
                .get(ONE, on(JobRoutes::show))
                .get(
                        ONE + "/events",
                        on((all, exchange) -> found(all, exchange)
                                .flatMap(job -> new JobEvents(all.follow(job.id())).send(exchange))))
                .get(ONE + "/output", on(JobRoutes::output))
                .get(ONE + "/picture", on(JobRoutes::picture))
                .change(HttpMethod.GET, ONE + "/spoilt/source.png", on(spoilt(PreviewKind.SOURCE)))
                .change(HttpMethod.GET, ONE + "/spoilt/upscaled.png", on(spoilt(PreviewKind.UPSCALED)))
                .change(HttpMethod.POST, ALL, on(JobRoutes::create))
                .change(HttpMethod.PATCH, ONE, on(JobRoutes::change))
                .change(HttpMethod.DELETE, ONE, on(JobRoutes::delete));
    }

    /** What all of them share: whether there are jobs, and how refusals are told. */
    private Function<Exchange, Mono<Void>> on(BiFunction<Jobs, Exchange, Mono<Void>> handler) {
        return exchange -> {
            if (jobs == null) {
                throw Problem.notFound("this server does no jobs: its configuration has no section jobs");
            }
            Jobs all = jobs;
            return Mono.defer(() -> handler.apply(all, exchange))
                    .onErrorMap(JobRefusal.class, JobRoutes::problem)
                    .onErrorMap(AbortedException.class, gone -> Problem.badRequest("the body broke off"))
                    .onErrorMap(SourceRefused.class, refused -> Problem.forbidden(String.valueOf(refused.getMessage())))
                    .onErrorMap(StreamException.class, wrong -> Problem.badRequest(String.valueOf(wrong.getMessage())));
        };
    }

    private static Mono<Void> list(Jobs jobs, Exchange exchange) {
        Long limit = exchange.numberParameter("limit");
        Long offset = exchange.numberParameter("offset");
        if (limit != null && limit > LARGEST_PAGE) {
            throw Problem.badRequest("parameter limit must be up to " + LARGEST_PAGE + ", not " + limit);
        }
        Set<JobState> states = states(exchange.parameter("state"));
        return jobs.list(states, limit == null ? USUAL_PAGE : limit.intValue(), offset == null ? 0 : offset)
                .map(JobView::of)
                .collectList()
                .zipWith(jobs.count(states))
                .flatMap(both -> exchange.json(Map.of("jobs", both.getT1(), "total", both.getT2())));
    }

    private static Mono<Void> show(Jobs jobs, Exchange exchange) {
        return found(jobs, exchange).flatMap(job -> exchange.json(JobView.of(job)));
    }

    private static Mono<Void> output(Jobs jobs, Exchange exchange) {
        return found(jobs, exchange).flatMap(job -> {
            if (job.state() != JobState.DONE) {
                throw Problem.conflict("job " + job.id() + " has no output: it is " + job.state());
            }
            return new FileAnswer(jobs.output(job), job.outputName()).send(exchange);
        });
    }

    /** What has come of it so far, or came last. */
    private static Mono<Void> picture(Jobs jobs, Exchange exchange) {
        return found(jobs, exchange)
                .flatMap(job -> new FileAnswer(jobs.picture(job), MediaNames.stem(job.name()) + ".jpeg")
                        .send(exchange)
                        .onErrorMap(
                                Problem.class,
                                none -> Problem.notFound("job " + job.id() + " has no picture: it is " + job.state())));
    }

    private static BiFunction<Jobs, Exchange, Mono<Void>> spoilt(PreviewKind kind) {
        return (jobs, exchange) -> found(jobs, exchange)
                .flatMap(job -> jobs.spoilt(job, kind)
                        .switchIfEmpty(
                                Mono.error(() -> Problem.notFound("no picture of job " + job.id() + " stayed spoilt")))
                        .flatMap(file -> new FileAnswer(file, String.valueOf(file.getFileName())).send(exchange)));
    }

    private static Mono<Void> create(Jobs jobs, Exchange exchange) {
        return requested(jobs, exchange).flatMap(job -> {
            exchange.response().header(HttpHeaderNames.LOCATION, JobView.address(job));
            return exchange.json(HttpResponseStatus.CREATED, Exchange.JSON, JobView.of(job));
        });
    }

    private static Mono<Job> requested(Jobs jobs, Exchange exchange) {
        HttpServerRequest request = exchange.request();
        String type = String.valueOf(
                        HttpUtil.getMimeType(request.requestHeaders().get(HttpHeaderNames.CONTENT_TYPE, "")))
                .toLowerCase(Locale.ROOT);
        if (type.equals(Exchange.JSON)) {
            return exchange.jsonBody().flatMap(fields -> jobs.create(JobRequest.parse(fields)));
        }
        if (type.startsWith("multipart/") || type.equals(FORM)) {
            // Programs that send JSON and do not say so are taken for forms, too: curl is one.
            throw Problem.unsupportedType(
                    "send the file itself as the body, not a form; JSON with Content-Type: " + Exchange.JSON);
        }
        JobRequest wishes = JobRequest.parse(exchange.fields());
        if (wishes.input() != null) {
            throw Problem.badRequest("input: is for " + Exchange.JSON + "; with another type the body is the input");
        }
        return jobs.upload(wishes, length(request), request.receive().asByteArray());
    }

    private static Mono<Void> change(Jobs jobs, Exchange exchange) {
        return found(jobs, exchange).zipWith(exchange.jsonBody()).flatMap(both -> {
            String id = both.getT1().id();
            ObjectNode fields = both.getT2();
            Settings settings = new Settings("", fields);
            String name = settings.text("state");
            Integer priority = settings.integer("priority", JobsConfig.LEAST_PRIORITY, JobsConfig.MOST_PRIORITY);
            settings.end();
            JobState state = name == null ? null : state(name);
            Mono<Job> changed = priority == null ? jobs.find(id) : jobs.prioritise(id, priority);
            return (state == null ? changed : changed.then(jobs.change(id, state)))
                    .switchIfEmpty(Mono.error(() -> absent(id)))
                    .flatMap(job -> exchange.json(JobView.of(job)));
        });
    }

    private static Mono<Void> delete(Jobs jobs, Exchange exchange) {
        String id = exchange.part("id");
        return jobs.delete(id).flatMap(deleted -> {
            if (!deleted) {
                throw absent(id);
            }
            exchange.response().status(HttpResponseStatus.NO_CONTENT);
            return exchange.onLoop(exchange.response().send());
        });
    }

    private static Mono<Job> found(Jobs jobs, Exchange exchange) {
        String id = exchange.part("id");
        return jobs.find(id).switchIfEmpty(Mono.error(() -> absent(id)));
    }

    private static Set<JobState> states(@Nullable String names) {
        Set<JobState> states = EnumSet.noneOf(JobState.class);
        if (names != null) {
            for (String name : names.split(",", -1)) {
                states.add(state(name));
            }
        }
        return states;
    }

    private static JobState state(String name) {
        return JobState.parse(name)
                .orElseThrow(() -> Problem.badRequest("state: is none of " + JobState.names() + ", but " + name));
    }

    /** 0 when it is not said. */
    private static long length(HttpServerRequest request) {
        String text = request.requestHeaders().get(HttpHeaderNames.CONTENT_LENGTH);
        return text != null && text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    }

    private static Problem absent(String id) {
        return Problem.notFound("there is no job " + id);
    }

    private static Problem problem(JobRefusal refusal) {
        String detail = String.valueOf(refusal.getMessage());
        return switch (refusal.reason()) {
            case STATE -> Problem.conflict(detail);
            case TOO_LARGE -> Problem.tooLarge(detail);
            case UNUSABLE -> Problem.unusable(detail);
            case EMPTY -> Problem.badRequest(detail);
            case LATE -> Problem.late(detail);
            case NO_SPACE -> Problem.noSpace(detail);
            case QUEUE_FULL -> Problem.queueFull(detail);
        };
    }
}
