package io.upflux.server.segment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * What is finished of a job, a JSON object a line: first what the job is, then each finished segment, at last the whole.
 * {@code docs/journal.md} describes the lines. Every line is on the disk when its method returns, and ends with a check sum
 * of what precedes it. Thread-safe.
 */
final class Journal implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Pattern CHECKED = Pattern.compile("(.*),\"crc\":\"([0-9a-f]{8})\"}");

    /**
     * What a journal says.
     *
     * @param header its first line, empty when that is damaged
     * @param segments finished ones by index; of several lines for one the last counts; none of another version's journal
     * @param wholeBytes size of the finished output, -1 when there is none
     * @param unreadable lines that were torn or damaged
     */
    record Contents(JsonNode header, Map<Integer, SegmentResult> segments, long wholeBytes, int unreadable) {}

    private final Path file;
    private final FileChannel channel;

    private Journal(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Begins a journal, in place of any earlier one.
     *
     * @throws StreamException when it cannot be written
     */
    static Journal create(Path file, ObjectNode header) {
        // Never a journal without a first line, whenever the process is killed.
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try (Journal beginning = open(partial, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            beginning.append(header);
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new StreamException(file + ": cannot be written: " + WorkFolder.reason(e), e);
        }
        WorkFolder.force(file.toAbsolutePath().getParent());
        return append(file);
    }

    /** Continues a journal. */
    static Journal append(Path file) {
        Journal journal = open(file, StandardOpenOption.APPEND);
        journal.endLine();
        return journal;
    }

    /**
     * Reads a journal. When its first line is damaged, nothing of it counts, and the header is empty.
     *
     * @throws StreamException when the file cannot be read
     */
    static Contents read(Path file) {
        List<String> lines;
        try {
            // Damaged bytes are to make an unreadable line, not an error.
            lines = new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new StreamException(file + ": cannot be read: " + WorkFolder.reason(e), e);
        }
        JsonNode header = object(lines.isEmpty() ? "" : lines.get(0));
        if (!header.has("journal")) {
            return new Contents(MAPPER.createObjectNode(), Map.of(), -1, Math.max(1, lines.size()));
        }
        if (header.path("journal").asInt() != JobHeader.VERSION) {
            return new Contents(header, Map.of(), -1, 0);
        }
        Map<Integer, SegmentResult> segments = new LinkedHashMap<>();
        long whole = -1;
        int unreadable = 0;
        for (String line : lines.subList(1, lines.size())) {
            JsonNode event = object(line);
            if (event.path("whole").isObject()) {
                whole = event.path("whole").path("bytes").asLong(-1);
            } else if (event.path("segment").isInt() && event.path("sha256").isTextual()) {
                SegmentResult result = SegmentJson.parse(event);
                segments.put(result.segment(), result);
            } else if (!line.isBlank()) {
                unreadable++;
            }
        }
        return new Contents(header, segments, whole, unreadable);
    }

    /** @param first number of the segment's first frame */
    void finished(SegmentResult result, long first) {
        append(SegmentJson.of(result, first));
    }

    /** The output is whole and about to get its name. */
    void whole(long bytes) {
        ObjectNode line = MAPPER.createObjectNode();
        line.putObject("whole").put("bytes", bytes);
        append(line);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private static Journal open(Path file, StandardOpenOption... options) {
        try {
            List<StandardOpenOption> all = new ArrayList<>(List.of(options));
            all.add(StandardOpenOption.WRITE);
            return new Journal(file, FileChannel.open(file, all.toArray(StandardOpenOption[]::new)));
        } catch (IOException e) {
            throw new StreamException(file + ": cannot be written: " + WorkFolder.reason(e), e);
        }
    }

    /** A torn line must not swallow the next one. */
    private synchronized void endLine() {
        try {
            byte[] all = Files.readAllBytes(file);
            if (all.length > 0 && all[all.length - 1] != '\n') {
                write("\n");
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private synchronized void append(ObjectNode line) {
        try {
            write(checked(MAPPER.writeValueAsString(line)) + "\n");
            channel.force(true);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private void write(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private StreamException failure(IOException e) {
        return new StreamException(file + ": cannot be written: " + WorkFolder.reason(e), e);
    }

    /** @param object JSON; with its check sum as last key */
    static String checked(String object) {
        String text = object.substring(0, object.length() - 1);
        return text + String.format(",\"crc\":\"%08x\"}", crc(text));
    }

    /** What a line says; empty when it is torn or damaged. */
    private static ObjectNode object(String line) {
        Matcher parts = CHECKED.matcher(line);
        if (parts.matches() && parts.group(2).equals(String.format("%08x", crc(parts.group(1))))) {
            try {
                if (MAPPER.readTree(parts.group(1) + "}") instanceof ObjectNode object) {
                    return object;
                }
            } catch (JsonProcessingException neverWritten) {
                // As good as damaged.
            }
        }
        return MAPPER.createObjectNode();
    }

    private static long crc(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }
}
