package io.upflux.cluster;

import io.upflux.codecs.MediaNames;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Which films there are and what becomes of each: from files, folders with all below them, and tables. */
final class Library {
    private static final String INPUT = "input";
    private static final String OUTPUT = "output";

    private final SparkSession spark;
    private final Configuration configuration;
    private final Path folder;
    private final BiConsumer<Film, String> missing;
    private final Map<String, Film> byOutput = new LinkedHashMap<>();

    /** @param missing told of each film that is not there, and why; it is left out */
    private Library(SparkSession spark, String output, BiConsumer<Film, String> missing) {
        this.spark = spark;
        this.configuration = spark.sparkContext().hadoopConfiguration();
        this.folder = Stores.qualified(output, configuration);
        this.missing = missing;
    }

    /**
     * Lists the films.
     *
     * @param inputs paths of videos, folders, and tables: {@code .csv} with a header or {@code .parquet}, whose column
     *     {@code input} names a video a row and whose column {@code output}, if there, its output in the folder
     * @param output folder
     * @throws StreamException when there is nothing to do, or two films would have one output
     */
    static Collection<Film> of(
            SparkSession spark, List<String> inputs, String output, BiConsumer<Film, String> missing) {
        Library library = new Library(spark, output, missing);
        for (String input : inputs) {
            library.add(input);
        }
        return library.byOutput.values();
    }

    private void add(String input) {
        find(input).ifPresent(found -> {
            String name = input.toLowerCase(Locale.ROOT);
            if (name.endsWith(".csv")) {
                addTable(input, spark.read().option("header", true).csv(input));
            } else if (name.endsWith(".parquet")) {
                addTable(input, spark.read().parquet(input));
            } else if (found.isFile()) {
                put(found, written(found.getPath().getName()));
            } else {
                addFolder(input, found.getPath());
            }
        });
    }

    /** What is there; empty when nothing is, which has been told then. */
    private Optional<FileStatus> find(String input) {
        String name = input;
        try {
            Path path = Stores.qualified(input, configuration);
            name = path.toString();
            return Optional.of(Stores.of(path, configuration).getFileStatus(path));
        } catch (IOException e) {
            lacks(name, Stores.reason(e));
        } catch (StreamException | IllegalArgumentException e) {
            // No path, no such file system, or none that has such names, as HDFS with colons.
            lacks(name, Failures.reason(e));
        }
        return Optional.empty();
    }

    private void lacks(String input, String reason) {
        missing.accept(new Film(input, "", 0), reason);
    }

    private void addTable(String table, Dataset<Row> rows) {
        List<String> columns = Arrays.asList(rows.columns());
        if (!columns.contains(INPUT)) {
            throw new StreamException(table + ": the table has no column named input, but " + columns);
        }
        boolean named = columns.contains(OUTPUT);
        List<Row> films;
        try {
            films = (named ? rows.select(INPUT, OUTPUT) : rows.select(INPUT)).collectAsList();
        } catch (Exception e) {
            throw new StreamException(table + ": cannot be read as a table: " + Failures.reason(e), e);
        }
        for (Row row : films) {
            String input = row.getString(0);
            if (input == null || input.isBlank()) {
                throw new StreamException(table + ": a row names no input");
            }
            String output = named ? row.getString(1) : null;
            find(input)
                    .ifPresent(file ->
                            put(file, output == null ? written(file.getPath().getName()) : output));
        }
    }

    private void addFolder(String input, Path all) {
        List<FileStatus> films = new ArrayList<>();
        try {
            RemoteIterator<LocatedFileStatus> files =
                    Stores.of(all, configuration).listFiles(all, true);
            while (files.hasNext()) {
                FileStatus file = files.next();
                String below = below(all, file.getPath());
                boolean hidden = Arrays.stream(below.split("/")).anyMatch(part -> part.startsWith("."));
                String name = file.getPath().getName();
                if (!hidden && MediaNames.isMedia(name) && !MediaNames.isPicture(name)) {
                    films.add(file);
                }
            }
        } catch (IOException e) {
            lacks(all.toString(), Stores.reason(e));
            return;
        }
        if (films.isEmpty()) {
            throw new StreamException(input + ": no video in this folder");
        }
        films.sort(Comparator.comparing(FileStatus::getPath));
        films.forEach(film -> put(film, written(below(all, film.getPath()))));
    }

    private static String below(Path folder, Path file) {
        return folder.toUri().relativize(file.toUri()).getPath();
    }

    /** What an input of this name becomes when nothing is said of it. */
    private static String written(String name) {
        return MediaNames.isWritable(MediaNames.extension(name))
                ? name
                : MediaNames.stem(name) + "." + MediaNames.writtenAs(name);
    }

    private void put(FileStatus file, String name) {
        if (name.isBlank() || Arrays.asList(name.split("/")).contains("..") || name.startsWith("/")) {
            throw new StreamException(name + ": an output is named by its place in the folder " + folder);
        }
        Path output = Stores.child(folder, name);
        Film film = new Film(file.getPath().toString(), output.toString(), file.getLen());
        Film earlier = byOutput.put(film.output(), film);
        if (earlier != null) {
            throw new StreamException(earlier.input() + " and " + film.input() + " would both become " + output);
        }
    }
}
