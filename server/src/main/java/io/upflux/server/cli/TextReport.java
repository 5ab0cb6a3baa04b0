package io.upflux.server.cli;

import io.upflux.frame.HaltingShares;
import io.upflux.pipeline.SuperResolver.Traits;
import io.upflux.reuse.WindowShares;
import io.upflux.server.cli.ProgressMeter.Display;
import java.util.Locale;
import java.util.stream.Collectors;

/** For people: a bar or a line now and then, and a line for each file. */
final class TextReport implements UpscaleReport {
    private static final double SECONDS_PER_REDRAW = 0.2;
    private static final double SECONDS_PER_LINE = 5;

    private static final int LONGEST_TITLE = 18;

    private final Console console;
    private final int files;
    private final boolean progress;
    private int started;

    TextReport(Console console, int files, boolean progress) {
        this.console = console;
        this.files = files;
        this.progress = progress;
    }

    @Override
    public ProgressMeter begin(UpscaleTask task) {
        started++;
        String label = (files > 1 ? "[" + started + "/" + files + "] " : "") + shortened(task.title()) + " ";
        if (!progress) {
            return new ProgressMeter(Display.none(), SECONDS_PER_LINE, System::nanoTime);
        }
        return console.isTerminal()
                ? new ProgressMeter(ProgressDisplays.bar(console, label), SECONDS_PER_REDRAW, System::nanoTime)
                : new ProgressMeter(ProgressDisplays.lines(console, label), SECONDS_PER_LINE, System::nanoTime);
    }

    @Override
    public void done(UpscaleTask task, Outcome outcome) {
        console.say(task.title() + " -> " + task.output() + ": " + summary(outcome));
    }

    @Override
    public void failed(UpscaleTask task, String message) {
        console.say("upflux: " + message);
    }

    @Override
    public void end(Outcome total, int failed) {
        if (files > 1) {
            console.say((files - failed) + " of " + files + " files done"
                    + (failed > 0 ? ", " + failed + " failed" : "") + ": " + summary(total));
        }
    }

    /** Which share of the windows was not computed; empty when all were. */
    static String reuse(WindowShares windows) {
        long kept = windows.unchanged() + windows.updated();
        return kept == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "; windows reused: %.0f %%%s",
                        100.0 * kept / windows.windows(),
                        windows.updated() == 0
                                ? ""
                                : String.format(
                                        Locale.ROOT,
                                        " (%.0f %% adapted)",
                                        100.0 * windows.updated() / windows.windows()));
    }

    /** Which share of the windows halted before each block but the first, which computes all; empty when none could. */
    static String halting(HaltingShares halting) {
        String shares = halting.perBlock().stream()
                .skip(1)
                .map(share -> String.format(Locale.ROOT, "%.0f", 100 * share))
                .collect(Collectors.joining(" "));
        return shares.isEmpty() ? "" : "; windows halted before block 2, 3, ...: " + shares + " %";
    }

    /** So that the line fits into 80 columns: one that wraps cannot be redrawn. */
    private static String shortened(String title) {
        return title.length() <= LONGEST_TITLE ? title : title.substring(0, LONGEST_TITLE - 3) + "...";
    }

    private static String summary(Outcome outcome) {
        int warnings = outcome.warnings().size();
        Traits traits = outcome.traits();
        return String.format(
                Locale.ROOT,
                "%d %s%s in %s (%.1f fps)%s%s%s",
                outcome.frames(),
                outcome.frames() == 1 ? "frame" : "frames",
                outcome.resumed() > 0 ? ", " + outcome.resumed() + " of them earlier," : "",
                Clock.hms(outcome.seconds()),
                outcome.fps(),
                traits == null ? "" : " by " + traits.name() + " on " + traits.provider() + ", " + traits.precision(),
                reuse(outcome.windows()) + halting(outcome.halting()),
                warnings == 0 ? "" : warnings == 1 ? "; 1 warning" : "; " + warnings + " warnings");
    }
}
