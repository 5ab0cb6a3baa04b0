package io.upflux.server.cli;

import io.upflux.codecs.MediaNames;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Which output belongs to which input: one file to one file, or files and folders into a folder. */
final class UpscaleTasks {
    private final Path folder;
    private final FolderOptions options;
    private final Notices notices;
    private final Map<Path, String> inputByOutput = new LinkedHashMap<>();

    private UpscaleTasks(Path folder, FolderOptions options, Notices notices) {
        this.folder = folder;
        this.options = options;
        this.notices = notices;
    }

    /**
     * @param inputs paths, folders, URLs or {@code -}
     * @param output a file, or a folder when there are several inputs or it is one or its name ends with a separator
     * @throws IllegalArgumentException when they do not go together
     * @throws StreamException when a folder cannot be read or made or holds nothing to upscale
     */
    static List<UpscaleTask> plan(List<String> inputs, String output, FolderOptions options, Notices notices) {
        boolean several = inputs.size() > 1 || inputs.stream().anyMatch(UpscaleTasks::isFolder);
        if (!several && !isFolder(output) && !endsWithSeparator(output)) {
            if (options.container() != null) {
                throw new IllegalArgumentException(
                        "--container is for a folder as output; name the file as you want it");
            }
            return List.of(new UpscaleTask(inputs.get(0), output));
        }
        if (!UpscaleTask.isPath(output) || Files.isRegularFile(Path.of(output)) || looksLikeAFile(output)) {
            throw new IllegalArgumentException("several inputs need a folder as output, not " + output);
        }
        UpscaleTasks tasks = new UpscaleTasks(Path.of(output), options, notices);
        List<Source> sources =
                inputs.stream().flatMap(input -> tasks.sources(input).stream()).toList();
        // What keeps its name comes first, so that of clip.avi and clip.mkv the latter becomes clip.mkv.
        Map<Source, UpscaleTask> done = new HashMap<>();
        for (boolean keeping : new boolean[] {true, false}) {
            for (Source source : sources) {
                if (tasks.keepsItsName(source) == keeping) {
                    done.put(source, tasks.intoFolder(source));
                }
            }
        }
        tasks.makeFolders();
        return sources.stream().map(done::get).toList();
    }

    /**
     * Something to upscale.
     *
     * @param inside the folder of the output that it goes to, empty for the output itself
     */
    private record Source(String input, Path inside) {
        String name() {
            return lastPart(input);
        }
    }

    private List<Source> sources(String input) {
        if (UpscaleTask.isStandardStream(input)) {
            throw new IllegalArgumentException("standard input has no name to use in a folder; name an output file");
        }
        if (!isFolder(input)) {
            return List.of(new Source(input, Path.of("")));
        }
        Path from = Path.of(input);
        List<Path> files = options.recursive() ? MediaFolder.all(from, folder, notices) : MediaFolder.media(from);
        return files.stream()
                .map(file -> {
                    Path parent = from.relativize(file).getParent();
                    return new Source(file.toString(), parent == null ? Path.of("") : parent);
                })
                .toList();
    }

    /** The extension of what is made of a file. */
    private String extension(String name) {
        String own = MediaNames.writtenAs(name);
        String container = options.container();
        return container == null || MediaNames.isPicture(MediaNames.stem(name) + "." + own) ? own : container;
    }

    private boolean keepsItsName(Source source) {
        return MediaNames.extension(source.name()).equals(extension(source.name()));
    }

    private UpscaleTask intoFolder(Source source) {
        String input = source.input();
        String name = source.name();
        String written = name;
        if (!keepsItsName(source)) {
            String other = extension(name);
            written = MediaNames.stem(name) + "." + other;
            if (inputByOutput.containsKey(source.inside().resolve(written))) {
                written = name + "." + other;
            }
            if (MediaNames.isPicture(written)) {
                notices.info(name + ": becomes " + written);
            } else if (options.container() == null) {
                notices.info(name + ": becomes " + written + " (--container EXTENSION chooses another)");
            }
        }
        if (UpscaleTask.isSequence(written) && UpscaleTask.isPath(input) && Files.exists(Path.of(input))) {
            written = written.replace('%', '_');
            notices.info(name + ": becomes " + written + " (in the name of an output, % makes a place for numbers)");
        }
        Path output = source.inside().resolve(written);
        String earlier = inputByOutput.put(output, input);
        if (earlier != null) {
            throw new IllegalArgumentException(
                    earlier + " and " + input + " would both become " + folder.resolve(output));
        }
        return new UpscaleTask(input, folder.resolve(output).toString(), output);
    }

    private void makeFolders() {
        Path made = folder;
        try {
            Files.createDirectories(made);
            for (Path output : inputByOutput.keySet()) {
                Path parent = output.getParent();
                if (parent != null) {
                    made = folder.resolve(parent);
                    Files.createDirectories(made);
                }
            }
        } catch (IOException e) {
            throw new StreamException(made + ": cannot be made a folder: " + e.getMessage(), e);
        }
    }

    /** A folder to be made may have any name but one that is surely meant for a single file. */
    private static boolean looksLikeAFile(String output) {
        return !Files.isDirectory(Path.of(output))
                && !endsWithSeparator(output)
                && output.toLowerCase(Locale.ROOT).matches(".*[.](mp4|m4v|mov|mkv|webm|ts|avi|png|jpe?g|webp)");
    }

    private static boolean isFolder(String location) {
        return UpscaleTask.isPath(location) && Files.isDirectory(Path.of(location));
    }

    private static boolean endsWithSeparator(String location) {
        return location.endsWith("/") || location.endsWith(File.separator);
    }

    /** The name of a file or of what a URL names, without folders. */
    static String lastPart(String location) {
        String path = UpscaleTask.isUrl(location) ? location.replaceFirst("[?#].*", "") : location;
        return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf(File.separatorChar)) + 1);
    }
}
