package io.upflux.cluster;

import io.upflux.server.cli.Console;
import io.upflux.server.cli.UpfluxCommand;
import java.util.List;

/** Entry point of {@code upflux cluster}, and for {@code spark-submit}. */
public final class Main {
    private Main() {}

    /**
     * Runs one command and ends the process with its exit code, unless that is 0: some of Spark's masters take any such end for
     * a failure.
     *
     * @param args what follows {@code upflux cluster}
     */
    public static void main(String[] args) {
        int code = run(io.upflux.server.Main.console(), args);
        if (code != 0) {
            System.exit(code);
        }
    }

    static int run(Console console, String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "cluster";
        System.arraycopy(args, 0, all, 1, args.length);
        return UpfluxCommand.execute(console, List.of(new ClusterCommand(new RunCommand(console)).line()), all);
    }
}
