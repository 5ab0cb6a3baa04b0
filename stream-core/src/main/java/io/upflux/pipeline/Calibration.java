package io.upflux.pipeline;

import io.upflux.pipeline.SuperResolver.Cells;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was measured of a resolver on one machine. Which squares a picture is computed by follows from it, and from that
 * roundings: equal results need equal calibrations.
 *
 * @param costs of a square by its side, in pixels of a whole picture
 * @param pixelSeconds how long a pixel of a whole picture takes
 */
public record Calibration(Map<Integer, Double> costs, double pixelSeconds) implements Serializable {
    /** Refuses what is no cost. */
    public Calibration {
        costs = Map.copyOf(costs);
        boolean real = costs.values().stream().allMatch(cost -> cost > 0 && Double.isFinite(cost));
        if (!real || !(pixelSeconds >= 0) || !Double.isFinite(pixelSeconds)) {
            throw new IllegalArgumentException("squares cannot cost " + costs + " pixels of " + pixelSeconds + " s");
        }
    }

    /** The costs by side, the smallest first. */
    public Map<Integer, Double> bySide() {
        return new TreeMap<>(costs);
    }

    /** The same squares at these costs; those that were not measured keep theirs. */
    Cells applyTo(Cells cells) {
        List<Double> measured = cells.margin() == 0
                ? List.of()
                : cells.sides().stream()
                        .map(side -> costs.getOrDefault(
                                side, cells.costs().get(cells.sides().indexOf(side))))
                        .toList();
        return new Cells(
                cells.sides(),
                cells.margin(),
                measured,
                cells.atEdge(),
                cells.opening(),
                cells.samples(),
                cells.depths(),
                pixelSeconds);
    }
}
