package io.upflux.server.doctor;

import io.upflux.models.Calibrations;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.ModelCard;
import io.upflux.models.onnx.OnnxRuntimeBuild;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import java.util.ArrayList;
import java.util.List;

/** ONNX Runtime, its providers, and whether every model runs. */
final class Networks {
    private final List<Finding> findings = new ArrayList<>();
    private final Lines lines = new Lines();
    private final Catalogue catalogue = Catalogue.standard(lines);

    private Networks() {}

    static List<Finding> examine() {
        Networks networks = new Networks();
        try {
            OnnxRuntimeBuild build = OnnxRuntimeBuild.present();
            networks.findings.add(Finding.fine(
                    "onnx", "ONNX Runtime " + build.version() + " with " + String.join(", ", build.providers())));
            networks.models(build.providers());
        } catch (StreamException e) {
            networks.findings.add(Finding.problem("onnx", String.valueOf(e.getMessage())));
        }
        return networks.findings;
    }

    private void models(List<String> providers) {
        List<ModelCard> trained =
                catalogue.list().stream().filter(ModelCard::trained).toList();
        lines.drain().forEach(line -> findings.add(Finding.problem("model", line)));
        if (trained.isEmpty()) {
            findings.add(Finding.problem("model", "no trained model is there, only resizers"));
            return;
        }
        // TensorRT is asked for by name only, since it takes minutes to prepare each shape: so it is not tried here.
        if (providers.contains("CUDA")) {
            cuda(trained.get(0));
        } else {
            findings.add(Finding.fine(
                    "cuda", "not in this build; build with the profile cuda12 or cuda13 to use an NVIDIA GPU"));
        }
        trained.forEach(this::model);
        Calibrations calibrations = Calibrations.standard();
        findings.add(Finding.fine(
                "calibration",
                calibrations.size() + " kept in " + calibrations.file() + "; measured when first needed"));
    }

    private void cuda(ModelCard card) {
        try {
            findings.add(Finding.fine("cuda", "works: " + card.name() + " ran on " + run(card, Device.parse("cuda"))));
        } catch (StreamException e) {
            findings.add(Finding.problem("cuda", String.valueOf(e.getMessage())));
        }
        lines.drain();
    }

    private void model(ModelCard card) {
        String name = card.name() + (card.bundled() ? "" : " (" + card.source() + ")");
        try {
            run(card, Device.CPU);
            findings.add(Finding.fine("model", name + " runs, " + card.state() + ", sha256 " + card.sha256()));
        } catch (StreamException e) {
            findings.add(Finding.problem("model", name + " does not run: " + e.getMessage()));
        }
        lines.drain();
    }

    /** One small tile, since only a run shows that a provider has all it needs. */
    private String run(ModelCard card, Device device) {
        try (SuperResolver resolver = catalogue.open(card, device)) {
            TileShape shape = resolver.tileFor(64, 64);
            try (TileBatch batch = resolver.newBatch(shape)) {
                resolver.upscale(batch, PictureContext.NONE);
            }
            return resolver.traits().provider();
        }
    }

    /** Keeps warnings for the findings. */
    private static final class Lines implements Notices {
        private final List<String> warnings = new ArrayList<>();

        @Override
        public synchronized void warning(String line) {
            warnings.add(line);
        }

        @Override
        public void info(String line) {}

        synchronized List<String> drain() {
            List<String> said = List.copyOf(warnings);
            warnings.clear();
            return said;
        }
    }
}
