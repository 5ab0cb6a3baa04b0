package io.upflux.pipeline;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A resolver whose squares cost what was measured instead of what it supposes; all else is the resolver's. */
public final class CalibratedResolver extends ForwardingResolver {
    private final Calibration calibration;

    private CalibratedResolver(SuperResolver resolver, Calibration calibration) {
        super(resolver);
        this.calibration = calibration;
    }

    /**
     * @param resolver closed with what is returned
     * @param calibration null where nothing was measured: the resolver itself is returned
     */
    public static SuperResolver of(SuperResolver resolver, @Nullable Calibration calibration) {
        return calibration == null ? resolver : new CalibratedResolver(resolver, calibration);
    }

    @Override
    public Optional<Cells> cells(int frameWidth, int frameHeight) {
        return super.cells(frameWidth, frameHeight).map(calibration::applyTo);
    }
}
