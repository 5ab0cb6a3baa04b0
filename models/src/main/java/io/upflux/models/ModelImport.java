package io.upflux.models;

import io.upflux.models.onnx.ModelFiles;
import io.upflux.models.onnx.Pass;
import io.upflux.pipeline.StreamException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Takes the files of a verified model into the user's folder, all or none. */
final class ModelImport {
    /** Of a file beside the graphs. */
    private static final Pattern WEIGHTS = Pattern.compile("[^/\\\\]+\\.safetensors");

    private final FolderShelf shelf;
    private final Predicate<String> taken;

    /** @param taken whether a model of this name exists already */
    ModelImport(FolderShelf shelf, Predicate<String> taken) {
        this.shelf = shelf;
        this.taken = taken;
    }

    /**
     * Stores the files.
     *
     * @param path of the main file, for messages
     * @param card of the model, as verified
     * @return the name it has from now on
     * @throws StreamException when it cannot be stored whole, or its name is taken
     */
    String store(Path path, ModelFiles files, ModelCard card) {
        String name = nameFor(card);
        boolean family = !files.companions().isEmpty() || card.contract().pass() == Pass.KEY;
        if (family && !files.companions().contains(Pass.BODY) && card.contract().pass() == Pass.KEY) {
            throw new StreamException(path + ": lacks " + card.name() + Pass.BODY.suffix()
                    + ", which belongs to it and must lie beside it to be imported");
        }
        if (!files.weightFiles().isEmpty()) {
            if (!files.declaresWeights()) {
                throw new StreamException(
                        path + ": keeps weights in other files (" + String.join(", ", files.weightFiles())
                                + "); save it as one file to import it, or name it by its path");
            }
            // A network in 8 bits rounds the weights of one in float, whose name they have.
            if (!files.weightFiles().stream().allMatch(WEIGHTS.asMatchPredicate())) {
                throw new StreamException(path + ": keeps weights in " + String.join(", ", files.weightFiles())
                        + "; to be imported they must lie beside it in one NAME.safetensors");
            }
            family = true;
        }
        if (family && !name.equals(card.name())) {
            throw new StreamException(path + ": its files name each other, so they cannot be renamed to " + name
                    + " as an import would; export the model as " + name + ", or name it by its path");
        }
        if (taken.test(name)) {
            throw new StreamException(
                    path + ": there is a model named " + name + " already; rename the file to import it");
        }
        Map<String, byte[]> beside = files.beside(name);
        beside.forEach((file, bytes) -> {
            if (files.weightFiles().contains(file) && shelf.holdsOther(file, bytes)) {
                throw new StreamException(path + ": the folder of imported models has another " + file
                        + ", which a model there may need; export this one with weights of another name to import it");
            }
        });
        shelf.put(name, files.main().withContract(card.contract()), beside);
        return name;
    }

    private static String nameFor(ModelCard card) {
        String stem = card.name()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^[^a-z]+|-+$", "");
        ModelName complete = ModelName.parse(stem);
        if (complete != null && complete.scale() == card.scale()) {
            return complete.toString();
        }
        return (stem.isEmpty() ? "model" : stem) + "-x" + card.scale();
    }
}
