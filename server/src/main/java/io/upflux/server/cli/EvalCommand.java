package io.upflux.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.frame.HaltingShares;
import io.upflux.models.Catalogue;
import io.upflux.models.quality.Evaluation;
import io.upflux.pipeline.SuperResolver;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code upflux eval}: the quality of a model on a folder of pictures. */
@Command(
        name = "eval",
        description = {
            "Measure the quality of a model: shrink each picture as MATLAB does, enlarge it again, compare.",
            "PSNR and SSIM are those of super-resolution papers: on luma, a border as wide as the scale left out."
        },
        sortOptions = false)
final class EvalCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--set", required = true, paramLabel = "DIR", description = "Folder with the reference pictures.")
    private Path set = Path.of("");

    @Mixin
    private ModelOptions models = new ModelOptions();

    @Option(
            names = {"-s", "--scale"},
            paramLabel = "N",
            description = "Factor in both directions (default: the model's).")
    private @Nullable Integer scale;

    @Option(names = "--json", description = "One JSON object a picture and one for all on standard output.")
    private boolean json;

    EvalCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        JsonLines lines = new JsonLines(console.out());
        CollectedNotices notices = new CollectedNotices(console);
        Catalogue catalogue = Catalogue.standard(notices);
        List<String> pictures = MediaFolder.pictures(set);
        double psnr = 0;
        double ssim = 0;
        HaltingShares halting = new HaltingShares();
        long start = System.nanoTime();
        try (Interruption interruption = Interruption.install();
                SuperResolver resolver = models.open(catalogue, scale)) {
            interruption.endsAtOnce(() -> {});
            for (String picture : pictures) {
                Evaluation.Result result = Evaluation.of(PictureFile.read(picture, notices), resolver);
                psnr += result.psnr();
                ssim += result.ssim();
                halting.add(result.halting());
                String name = String.valueOf(Path.of(picture).getFileName());
                console.say(line(name, result.psnr(), result.ssim()));
                if (json) {
                    lines.write(figures(JsonLines.event("picture").put("name", name), result.psnr(), result.ssim()));
                }
            }
        }
        int count = pictures.size();
        double seconds = (System.nanoTime() - start) / 1e9;
        console.say(line("mean of " + count, psnr / count, ssim / count) + TextReport.halting(halting));
        if (json) {
            ObjectNode event = figures(JsonLines.event("result"), psnr / count, ssim / count)
                    .put("pictures", count)
                    .put("seconds", JsonLines.round(seconds, 3));
            if (models.halts()) {
                JsonLines.putShares(event.putArray("halted"), halting);
            }
            lines.write(event);
        }
        return 0;
    }

    private static String line(String name, double psnr, double ssim) {
        return String.format(Locale.ROOT, "%-32s %6.2f dB  %.4f", name, psnr, ssim);
    }

    /** JSON has no infinity, which equal pictures reach. */
    private static ObjectNode figures(ObjectNode event, double psnr, double ssim) {
        ObjectNode with = Double.isFinite(psnr) ? event.put("psnr", JsonLines.round(psnr, 4)) : event.putNull("psnr");
        return with.put("ssim", JsonLines.round(ssim, 5));
    }
}
