package io.upflux.models;

import io.upflux.models.onnx.ModelFiles;
import io.upflux.models.onnx.Pass;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * The models that come with Upflux: resources beside this class. What is there is looked up, not listed by hand, so that
 * no list can be wrong.
 */
final class BundledShelf implements Shelf {
    private static final String SUFFIX = Pass.PLAIN.suffix();

    private final Class<?> neighbour;

    /** @param neighbour a class in whose package, and in whose jar or folder, the models lie */
    BundledShelf(Class<?> neighbour) {
        this.neighbour = neighbour;
    }

    @Override
    public List<String> names() {
        String file = neighbour.getSimpleName() + ".class";
        URL url = neighbour.getResource(file);
        if (url == null) {
            return List.of();
        }
        try {
            return url.getProtocol().equals("jar")
                    ? inJar((JarURLConnection) url.openConnection(), file)
                    : inFolder(Path.of(url.toURI()).resolveSibling(""));
        } catch (IOException | URISyntaxException e) {
            throw new StreamException("the bundled models cannot be listed from " + url + ": " + e.getMessage(), e);
        }
    }

    @Override
    public ModelFiles open(String name) {
        return ModelFiles.of(name, file -> {
            try (InputStream in = neighbour.getResourceAsStream(file)) {
                return in == null ? null : in.readAllBytes();
            }
        });
    }

    @Override
    public String source(String name) {
        return ModelCard.BUNDLED;
    }

    private static List<String> inJar(JarURLConnection connection, String file) throws IOException {
        // Not the JVM's shared instance: closing that would break other readers.
        connection.setUseCaches(false);
        String entry = connection.getEntryName();
        String folder = entry.substring(0, entry.length() - file.length());
        try (JarFile jar = connection.getJarFile()) {
            return models(jar.stream()
                    .map(e -> e.getName())
                    .filter(name -> name.startsWith(folder) && name.indexOf('/', folder.length()) < 0)
                    .map(name -> name.substring(folder.length())));
        }
    }

    private static List<String> inFolder(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return models(files.map(file -> file.getFileName().toString()));
        }
    }

    /** Names of the models whose main files are among these. */
    static List<String> models(Stream<String> fileNames) {
        return fileNames
                .filter(Pass::namesLeader)
                .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                .sorted()
                .toList();
    }
}
