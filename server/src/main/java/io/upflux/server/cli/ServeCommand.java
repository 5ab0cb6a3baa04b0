package io.upflux.server.cli;

import io.upflux.models.Catalogue;
import io.upflux.models.sharing.OpenModels;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.JobsConfig;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.config.WebhooksConfig;
import io.upflux.server.http.LiveServer;
import io.upflux.server.job.Jobs;
import io.upflux.server.live.LiveStreams;
import io.upflux.server.webhook.Webhooks;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code upflux serve}: live streams, until it is told to stop. */
@Command(
        name = "serve",
        description =
                "Take streams in, upscale them, and serve them: LL-HLS, MSE over WebSocket, MPEG-TS, MP4, JPEG. Do file jobs.",
        sortOptions = false)
final class ServeCommand implements Callable<Integer> {
    private static final Path USUAL = Path.of("upflux.yml");

    private final Console console;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Configuration (default: upflux.yml in the current folder).")
    private @Nullable Path file;

    @Option(names = "--demo", description = "Serve a clip that is drawn for the purpose; needs no configuration.")
    private boolean demo;

    @Option(names = "--port", paramLabel = "N", description = "Listen on this port instead of the configured one.")
    private @Nullable Integer port;

    ServeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (demo && file != null) {
            throw new ParameterException(spec.commandLine(), "--demo and --config exclude each other");
        }
        if (port != null && (port < 0 || port > 65535)) {
            throw new ParameterException(spec.commandLine(), "--port must be 0 to 65535, not " + port);
        }
        Catalogue catalogue = Catalogue.standard(new CollectedNotices(console));
        try (Interruption interruption = Interruption.install();
                ScratchFolder scratch = ScratchFolder.create()) {
            ServerConfig config = config(scratch);
            Logging.serving(config.log());
            serve(config, catalogue, interruption);
        }
        return 0;
    }

    private ServerConfig config(ScratchFolder scratch) {
        if (demo) {
            Path clip = scratch.file("demo.mp4");
            console.say("Drawing a clip...");
            DemoClip.draw(clip);
            // JSON strings are YAML, whatever is in them.
            String yaml = "streams: {demo: {source: " + JsonLines.text(clip.toString()) + "}}\njobs: {folder: "
                    + JsonLines.text(scratch.file("jobs").toString()) + "}";
            ServerConfig config = ConfigFile.parse("demo", yaml, System.getenv());
            return port == null ? config : config.withPort(port);
        }
        if (file == null && !Files.exists(USUAL)) {
            throw new ParameterException(
                    spec.commandLine(), "there is no upflux.yml here: name a configuration with -c, or try --demo");
        }
        return read();
    }

    private ServerConfig read() {
        ServerConfig config = ConfigFile.read(path(), System.getenv());
        return port == null ? config : config.withPort(port);
    }

    private Path path() {
        return file == null ? USUAL : file;
    }

    private void serve(ServerConfig config, Catalogue catalogue, Interruption interruption) {
        LiveStreams streams = new LiveStreams(config, new OpenModels(catalogue));
        JobsConfig jobsConfig = config.jobs();
        try (Jobs jobs = jobsConfig == null ? null : Jobs.open(jobsConfig, config.allowedSources());
                LiveServer server = LiveServer.start(config, streams, jobs, catalogue.list())) {
            WebhooksConfig webhooks = config.webhooks();
            try (Reload reload = demo ? null : new Reload(path(), this::read, config, streams, jobs, server);
                    Webhooks told = webhooks == null ? null : Webhooks.start(webhooks, streams, jobs)) {
                streams.start();
                if (jobs != null) {
                    jobs.start();
                }
                InetSocketAddress address = server.address();
                console.say("Listening on http" + (config.tls() == null ? "" : "s") + "://" + config.host() + ":"
                        + address.getPort() + "/");
                interruption.requested().block();
                console.say("Stopping...");
                if (jobs != null) {
                    // They stop while streams end, which takes long.
                    jobs.interrupt();
                }
            } finally {
                // First, so that viewers' answers end and nobody is cut off.
                streams.close();
                if (jobs != null) {
                    jobs.stop();
                }
            }
        }
    }
}
