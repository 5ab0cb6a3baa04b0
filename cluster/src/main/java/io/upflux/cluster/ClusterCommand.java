package io.upflux.cluster;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code upflux cluster}, which only has subcommands. */
@Command(
        name = "cluster",
        description = "Upscale whole libraries on Apache Spark.",
        synopsisSubcommandLabel = "COMMAND")
final class ClusterCommand implements Runnable {
    private final RunCommand run;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    ClusterCommand(RunCommand run) {
        this.run = run;
    }

    /** With its subcommands. */
    CommandLine line() {
        CommandLine line = new CommandLine(this);
        line.addSubcommand(run);
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? [run]");
    }
}
