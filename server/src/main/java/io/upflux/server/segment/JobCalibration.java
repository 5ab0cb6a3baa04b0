package io.upflux.server.segment;

import io.upflux.models.Calibrations;
import io.upflux.pipeline.Calibration;
import io.upflux.pipeline.SuperResolver;
import io.upflux.reuse.ReuseMode;
import io.upflux.server.segment.SegmentedJob.Order;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/** What a job's squares of pictures are taken to cost, by all of its workers, from its first run to its last. */
final class JobCalibration {
    private JobCalibration() {}

    /**
     * What an earlier run went by, or else what is known of this machine, measured if the job is long enough; null for
     * what the model supposes.
     *
     * @param folder of the job, without a journal where it begins
     */
    static @Nullable Calibration of(Order order, WorkFolder folder, Resolvers resolvers) {
        if (Files.exists(folder.journal())) {
            return JobHeader.calibration(Journal.read(folder.journal()).header());
        }
        if (order.options().reuse() == ReuseMode.OFF) {
            return null;
        }
        boolean worth = order.times().frames().size() >= Calibrations.WORTH_FRAMES;
        SuperResolver resolver = resolvers.take();
        try {
            return Calibrations.standard()
                    .of(resolver, order.model(), order.options().threads(), worth)
                    .orElse(null);
        } finally {
            resolvers.giveBack(resolver);
        }
    }
}
