package io.upflux.server.cli;

import io.upflux.pipeline.StreamException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code upflux} command, which only has subcommands, and the way every failure is told. */
@Command(
        name = "upflux",
        description = "Super-resolves video while it flows.",
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted."})
public final class UpfluxCommand implements Runnable {
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    /** What stands here for options that people know from ffmpeg and from other upscalers. */
    private static final Map<String, String> ELSEWHERE = Map.of(
            "-i", "inputs are named without an option",
            "-g", "--device cuda:INDEX names a GPU",
            "--width", "--height or -s says how large the output is");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    private boolean verbose;

    private UpfluxCommand() {}

    /**
     * Runs one command. Returns when it is done and never ends the process.
     *
     * @param console where it speaks
     * @param args as the user typed them
     * @return the exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted
     */
    public static int execute(Console console, String... args) {
        return execute(console, List.of(), args);
    }

    /**
     * As {@link #execute(Console, String...)}, with commands of another module.
     *
     * @param others annotated for picocli
     */
    public static int execute(Console console, List<?> others, String... args) {
        UpfluxCommand root = new UpfluxCommand();
        CommandLine line = new CommandLine(root)
                .addSubcommand(new UpscaleCommand(console))
                .addSubcommand(new ProbeCommand(console))
                .addSubcommand(new ModelsCommand(console))
                .addSubcommand(new EvalCommand(console))
                .addSubcommand(new BenchCommand(console))
                .addSubcommand(new ServeCommand(console))
                .addSubcommand(new DoctorCommand(console));
        others.forEach(line::addSubcommand);
        line.setOut(writer(console.out()))
                .setErr(writer(console.err()))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((wrong, given) -> wrongUsage(console, wrong, args))
                .setExecutionExceptionHandler((failure, command, parsed) -> root.failed(console, failure, args));
        return line.execute(args);
    }

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help and do nothing else.")
    void help(boolean asked) {}

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version and do nothing else.")
    void version(boolean asked) {}

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Say more on standard error: what the libraries log, and where an error came from.")
    void verbose(boolean asked) {
        if (asked) {
            verbose = true;
            Logging.verbose();
        }
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "which command? " + spec.subcommands().keySet());
    }

    private static int wrongUsage(Console console, ParameterException wrong, String[] args) {
        String message = oneLine(wrong);
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            message += hint(unmatched);
        }
        console.say("upflux: " + message);
        console.say("Try '" + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        tellPrograms(console, message, args);
        return WRONG_USAGE;
    }

    private static String hint(UnmatchedArgumentException unmatched) {
        String option = unmatched.getUnmatched().get(0).replaceFirst("=.*", "");
        String known = ELSEWHERE.get(option);
        if (known != null) {
            return "; " + known;
        }
        return unmatched.getSuggestions().isEmpty()
                ? ""
                : "; did you mean " + unmatched.getSuggestions().get(0) + "?";
    }

    private int failed(Console console, Exception failure, String[] args) {
        String message = failure instanceof StreamException
                ? oneLine(failure)
                : "internal error: " + failure + (verbose ? "" : "; -v shows where");
        console.say("upflux: " + message);
        if (verbose) {
            failure.printStackTrace(console.err());
        }
        tellPrograms(console, message, args);
        return FAILED;
    }

    private static void tellPrograms(Console console, String message, String[] args) {
        JsonLines json = jsonAskedFor(console, List.of(args));
        if (json != null) {
            json.error(message);
        }
    }

    /** From the arguments as typed: after a usage error there is nothing parsed to ask. */
    private static @Nullable JsonLines jsonAskedFor(Console console, List<String> args) {
        if (!args.contains("--json")) {
            return null;
        }
        int option = Math.max(args.indexOf("-o"), args.indexOf("--output"));
        boolean pictureOnStandardOutput = args.contains("-o-")
                || args.contains("-o=-")
                || args.contains("--output=-")
                || (option >= 0
                        && option + 1 < args.size()
                        && args.get(option + 1).equals("-"));
        return new JsonLines(pictureOnStandardOutput ? console.err() : console.out());
    }

    private static String oneLine(Exception failure) {
        String message = failure.getMessage();
        return message == null
                ? failure.toString()
                : message.lines().findFirst().orElse("").replaceFirst("^Error: ", "");
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }
}
