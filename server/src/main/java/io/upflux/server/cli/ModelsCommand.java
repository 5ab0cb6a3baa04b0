package io.upflux.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.models.Catalogue;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.StreamException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** {@code upflux models}: which models there are, and whether a file is one. */
@Command(
        name = "models",
        description = "List the models, show one, verify or import a file.",
        synopsisSubcommandLabel = "[COMMAND]",
        sortOptions = false)
final class ModelsCommand implements Runnable {
    private final Console console;
    private boolean json;

    ModelsCommand(Console console) {
        this.console = console;
    }

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "One JSON object a model on standard output.")
    void json(boolean asked) {
        json = asked;
    }

    @Override
    public void run() {
        list();
    }

    @Command(name = "list", description = "List all models (what 'upflux models' does by itself).")
    void list() {
        for (ModelCard card : catalogue().list()) {
            if (json) {
                print(summary(card));
            } else {
                console.say(line(card));
            }
        }
    }

    @Command(name = "show", description = "Show all that is known of a model.")
    void show(@Parameters(paramLabel = "NAME", description = "Name or .onnx file.") String name) {
        describe(catalogue().find(name, null));
    }

    @Command(name = "verify", description = "Run a file and check what it says of itself.")
    void verify(@Parameters(paramLabel = "FILE", description = "An .onnx file.") Path file) {
        describe(catalogue().verify(existing(file)));
    }

    @Command(name = "import", description = "Verify a file and add it to the models of this user.")
    void importFile(@Parameters(paramLabel = "FILE", description = "An .onnx file.") Path file) {
        describe(catalogue().importFile(existing(file)));
    }

    private Catalogue catalogue() {
        return Catalogue.standard(new CollectedNotices(console));
    }

    private static Path existing(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new StreamException(file + ": no such file");
        }
        return file;
    }

    private void describe(ModelCard card) {
        ObjectNode all = summary(card);
        all.setAll((ObjectNode) JsonLines.tree(card));
        if (json) {
            print(all);
        } else {
            for (Map.Entry<String, JsonNode> field : all.properties()) {
                String value = text(field.getValue());
                if (!value.isEmpty()) {
                    console.say(String.format("%-12s %s", field.getKey(), value));
                }
            }
        }
    }

    /** Empty for what a model does not have: no window, no context. */
    private static String text(JsonNode value) {
        if (value.isObject()) {
            return value.properties().stream()
                    .map(entry -> entry.getKey() + " " + text(entry.getValue()))
                    .collect(Collectors.joining(", "));
        }
        if (value.isArray()) {
            return value.valueStream().map(ModelsCommand::text).collect(Collectors.joining(", "));
        }
        return value.isNull() || value.isNumber() && value.asDouble() == 0 ? "" : value.asText();
    }

    private void print(ObjectNode tree) {
        new JsonLines(console.out()).write(tree);
    }

    private static ObjectNode summary(ModelCard card) {
        ObjectNode tree = JsonLines.object()
                .put("name", card.name())
                .put("scale", card.scale())
                .put("parameters", card.parameters())
                .put("macs", card.macs())
                .put("state", card.state());
        ObjectNode psnr = tree.putObject("psnr");
        card.psnr().forEach(psnr::put);
        return tree.put("sha256", card.sha256());
    }

    private static String line(ModelCard card) {
        String psnr = card.psnr().entrySet().stream()
                .map(entry -> String.format(Locale.ROOT, "%s %.2f dB", entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
        return String.format(
                        Locale.ROOT,
                        "%-24s x%d  %,9d parameters  %20s  %-9s %s",
                        card.name(),
                        card.scale(),
                        card.parameters(),
                        card.macs() > 0 ? String.format(Locale.ROOT, "%,d MACs/LR pixel", card.macs()) : "",
                        card.state(),
                        psnr)
                .stripTrailing();
    }
}
