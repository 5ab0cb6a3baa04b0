package io.upflux.server.cli;

import io.upflux.codecs.MediaNames;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What of folders is read, and what is written into one. */
final class FolderOptions {
    @Option(
            names = "--recursive",
            description = {
                "Read the folders inside of folders, too, but not those that links lead to; the output has folders of the",
                "same names."
            })
    private boolean recursive;

    @Option(
            names = "--container",
            paramLabel = "EXTENSION",
            description =
                    "Of videos that are written into a folder, such as mkv (default: as their inputs where that can be written).")
    private @Nullable String container;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    /** @throws ParameterException when nothing can be written so */
    void check() {
        String extension = container();
        List<String> possible = MediaNames.writable().stream()
                .filter(each -> !MediaNames.isPicture("a." + each))
                .toList();
        if (extension != null && !possible.contains(extension)) {
            throw new ParameterException(
                    spec.commandLine(), "--container is one of " + String.join(", ", possible) + ", not " + container);
        }
    }

    boolean recursive() {
        return recursive;
    }

    /** In lower case, without a dot; null where each has its own. */
    @Nullable
    String container() {
        return container == null ? null : container.toLowerCase(Locale.ROOT).replaceFirst("^\\.", "");
    }
}
