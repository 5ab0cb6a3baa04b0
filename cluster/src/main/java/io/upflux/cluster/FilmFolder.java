package io.upflux.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.pipeline.StreamException;
import io.upflux.server.segment.SegmentJson;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What is finished of a film, in {@code .NAME.upflux} beside its output: {@code header.json} says what the job is, and
 * {@code 000000.json} of each finished segment which file of packets it is; {@code whole.json} that the joined file has its
 * name, or is about to. Every attempt writes files of its own, and entries appear whole: so one that is
 * repeated, or runs twice at a time, does no harm.
 */
final class FilmFolder {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String HEADER = "header.json";
    private static final String WHOLE = "whole.json";
    private static final String ENTRY = "%06d.json";

    private final FileSystem store;
    private final Path output;
    private final Path folder;

    FilmFolder(String output, Configuration configuration) {
        this.output = new Path(output);
        this.store = Stores.of(this.output, configuration);
        this.folder = Stores.child(this.output.getParent(), "." + this.output.getName() + ".upflux");
    }

    /** Whether the output is there under its name. */
    boolean isPublished() {
        return attempt(() -> store.exists(output));
    }

    /** The header of a job that was begun; empty without one. */
    Optional<JsonNode> header() {
        return read(HEADER);
    }

    /** Begins a job, in place of any earlier one. */
    void begin(String header) {
        attempt(() -> {
            store.delete(folder, true);
            store.mkdirs(folder);
            write(HEADER, header);
            return true;
        });
    }

    /** Finished segments by index, those whose files are there. */
    Map<Integer, StoredSegment> finished(int segments) {
        Map<String, Long> files = new TreeMap<>();
        attempt(() -> {
            for (FileStatus file : store.listStatus(folder)) {
                files.put(file.getPath().getName(), file.getLen());
            }
            return true;
        });
        Map<Integer, StoredSegment> finished = new TreeMap<>();
        for (int index = 0; index < segments; index++) {
            if (files.containsKey(String.format(ENTRY, index))) {
                entry(index)
                        .filter(entry -> files.getOrDefault(entry.file(), -1L)
                                == entry.result().bytes())
                        .ifPresent(entry -> finished.put(entry.result().segment(), entry));
            }
        }
        return finished;
    }

    /** What another attempt at a segment has finished. */
    Optional<StoredSegment> entry(int index) {
        return read(String.format(ENTRY, index))
                .map(line -> new StoredSegment(
                        SegmentJson.parse(line),
                        line.path("file").asText(),
                        line.path("seconds").asDouble(),
                        line.path("host").asText()));
    }

    /** Leaves nothing behind when the film has ended meanwhile, by another attempt or without this one. */
    void withdrawIfEnded() {
        attempt(() -> store.exists(file(HEADER)) || store.delete(folder, true));
    }

    /** Writes the entry of a segment whose file is there. */
    void enter(StoredSegment segment, long first) {
        ObjectNode line = SegmentJson.of(segment.result(), first);
        line.put("file", segment.file()).put("seconds", segment.seconds()).put("host", segment.host());
        attempt(() -> {
            write(String.format(ENTRY, segment.result().segment()), line.toString());
            return true;
        });
    }

    /** Brings a local file here. */
    void put(java.nio.file.Path local, String name) {
        attempt(() -> {
            Path target = file(name);
            try {
                Stores.put(store, target, false, out -> Files.copy(local, out));
            } catch (IOException e) {
                store.delete(target, false);
                throw e;
            }
            return true;
        });
    }

    /** Fetches a file from here. */
    void fetch(String name, java.nio.file.Path local) {
        attempt(() -> {
            try (var in = store.open(file(name))) {
                Files.copy(in, local);
            }
            return true;
        });
    }

    /**
     * Gives the joined file its name and takes the folder away.
     *
     * @throws StreamException when there is an output already, unless it may be replaced
     */
    void publish(String whole, boolean overwrite) {
        attempt(() -> {
            if (store.exists(output)) {
                if (!overwrite) {
                    throw new StreamException(output + ": exists already; --overwrite replaces it");
                }
                store.delete(output, false);
            }
            write(WHOLE, MAPPER.createObjectNode().put("file", whole).toString());
            if (!store.rename(file(whole), output)) {
                throw new IOException("cannot be renamed from " + file(whole));
            }
            return store.delete(folder, true);
        });
    }

    /** Whether an earlier driver had come as far as {@link #publish}; then only the folder is left, and goes. */
    boolean tidyUp() {
        return attempt(() -> {
            Optional<JsonNode> whole = read(WHOLE);
            boolean named = whole.isPresent()
                    && store.exists(output)
                    && !store.exists(file(whole.get().path("file").asText()));
            return named && store.delete(folder, true);
        });
    }

    /** Takes away what nobody can go on with. */
    void removeIfEmpty(int segments) {
        if (finished(segments).isEmpty()) {
            attempt(() -> store.delete(folder, true));
        }
    }

    private Path file(String name) {
        return Stores.child(folder, name);
    }

    private void write(String name, String content) throws IOException {
        Stores.write(store, file(name), content.getBytes(StandardCharsets.UTF_8));
    }

    /** What an entry says; empty when there is none, or it is no JSON. */
    private Optional<JsonNode> read(String name) {
        try (var in = store.open(file(name))) {
            return Optional.of(MAPPER.readTree(in.readAllBytes())).filter(JsonNode::isObject);
        } catch (FileNotFoundException | JsonProcessingException none) {
            return Optional.empty();
        } catch (IOException e) {
            throw Stores.failure(file(name), e);
        }
    }

    private interface Access<T> {
        T run() throws IOException;
    }

    private <T> T attempt(Access<T> access) {
        try {
            return access.run();
        } catch (IOException e) {
            throw Stores.failure(output, e);
        }
    }
}
