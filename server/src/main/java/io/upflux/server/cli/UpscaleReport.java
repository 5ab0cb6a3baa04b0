package io.upflux.server.cli;

import io.upflux.frame.HaltingShares;
import io.upflux.pipeline.SuperResolver.Traits;
import io.upflux.reuse.InferenceCost;
import io.upflux.reuse.WindowShares;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Who is told what becomes of each file: people or programs. */
interface UpscaleReport {
    /**
     * What one file, or all together, came to.
     *
     * @param frames written
     * @param resumed how many of them an earlier run had made
     * @param seconds it took, opening and finishing included
     * @param traits of the resolver; null when there was nothing to do
     * @param halting which windows halted
     * @param windows what was reused
     * @param inference what it took, of all runs
     * @param warnings one line each
     */
    record Outcome(
            long frames,
            long resumed,
            double seconds,
            @Nullable Traits traits,
            HaltingShares halting,
            WindowShares windows,
            InferenceCost inference,
            List<String> warnings) {
        double fps() {
            return seconds <= 0 ? 0 : (frames - resumed) / seconds;
        }

        /** Of several files, and what was said about models besides; the resolver is the last one's. */
        static Outcome total(List<Outcome> outcomes, List<String> modelWarnings) {
            HaltingShares halting = new HaltingShares();
            outcomes.forEach(outcome -> halting.add(outcome.halting()));
            return new Outcome(
                    outcomes.stream().mapToLong(Outcome::frames).sum(),
                    outcomes.stream().mapToLong(Outcome::resumed).sum(),
                    outcomes.stream().mapToDouble(Outcome::seconds).sum(),
                    outcomes.isEmpty()
                            ? null
                            : outcomes.get(outcomes.size() - 1).traits(),
                    halting,
                    outcomes.stream().map(Outcome::windows).reduce(WindowShares.NONE, WindowShares::plus),
                    outcomes.stream().map(Outcome::inference).reduce(InferenceCost.NONE, InferenceCost::plus),
                    Stream.concat(
                                    modelWarnings.stream(),
                                    outcomes.stream().flatMap(outcome -> outcome.warnings().stream()))
                            .toList());
        }
    }

    /** A file begins; its frames are to be told to the meter. */
    ProgressMeter begin(UpscaleTask task);

    /** A file was written. */
    void done(UpscaleTask task, Outcome outcome);

    /** A file was not written. */
    void failed(UpscaleTask task, String message);

    /**
     * Everything has been tried.
     *
     * @param total over the files that were written, which are none when all were there already
     * @param failed how many were not
     */
    void end(Outcome total, int failed);
}
