package io.upflux.server.cli;

import io.upflux.codecs.MediaNames;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Which output belongs to which input: one file to one file, or files and folders into a folder. */
final class UpscaleTasks {
    private final Path folder;
    private final Notices notices;
    private final Map<String, String> inputByOutput = new LinkedHashMap<>();

    private UpscaleTasks(Path folder, Notices notices) {
        this.folder = folder;
        this.notices = notices;
    }

    /**
     * @param inputs paths, folders, URLs or {@code -}
     * @param output a file, or a folder when there are several inputs or it is one or its name ends with a separator
     * @throws IllegalArgumentException when they do not go together
     * @throws StreamException when a folder cannot be read or holds nothing to upscale
     */
    static List<UpscaleTask> plan(List<String> inputs, String output, Notices notices) {
        boolean several = inputs.size() > 1 || inputs.stream().anyMatch(UpscaleTasks::isFolder);
        if (!several && !isFolder(output) && !endsWithSeparator(output)) {
            return List.of(new UpscaleTask(inputs.get(0), output));
        }
        if (!UpscaleTask.isPath(output) || Files.isRegularFile(Path.of(output)) || looksLikeAFile(output)) {
            throw new IllegalArgumentException("several inputs need a folder as output, not " + output);
        }
        UpscaleTasks tasks = new UpscaleTasks(Path.of(output), notices);
        List<UpscaleTask> all = new ArrayList<>();
        for (String input : inputs) {
            if (UpscaleTask.isStandardStream(input)) {
                throw new IllegalArgumentException(
                        "standard input has no name to use in a folder; name an output file");
            }
            for (String file : isFolder(input) ? MediaFolder.media(Path.of(input)) : List.of(input)) {
                all.add(tasks.intoFolder(file));
            }
        }
        try {
            Files.createDirectories(tasks.folder);
        } catch (IOException e) {
            throw new StreamException(tasks.folder + ": cannot be created: " + e.getMessage(), e);
        }
        return all;
    }

    private UpscaleTask intoFolder(String input) {
        String name = lastPart(input);
        String extension = MediaNames.extension(name);
        String written = name;
        if (!MediaNames.isWritable(extension)) {
            String other = MediaNames.writtenAs(name);
            written = MediaNames.stem(name) + "." + other;
            if (inputByOutput.containsKey(written)) {
                written = name + "." + other;
            }
            notices.info(
                    name + ": becomes " + written + " (upscaled alone, -o NAME.EXTENSION chooses another container)");
        }
        if (UpscaleTask.isSequence(written) && UpscaleTask.isPath(input) && Files.exists(Path.of(input))) {
            written = written.replace('%', '_');
            notices.info(name + ": becomes " + written + " (in the name of an output, % makes a place for numbers)");
        }
        String earlier = inputByOutput.put(written, input);
        if (earlier != null) {
            throw new IllegalArgumentException(
                    earlier + " and " + input + " would both become " + folder.resolve(written));
        }
        return new UpscaleTask(input, folder.resolve(written).toString());
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
