package io.upflux.server.live;

import io.upflux.codecs.Fragment;
import io.upflux.pipeline.StreamException;
import io.upflux.server.config.RecordConfig;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Keeps a stream in files, one after the other without a gap, each named after the instant it begins with. */
final class Recording extends Output {
    /** What a disk may be behind. */
    private static final long WAITING_BYTES = 64L << 20;

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final String stream;
    private final RecordConfig config;
    private final Pattern own;
    private final Pattern cutOff;

    Recording(String stream, RecordConfig config, FragmentWindow window) {
        super(stream + " recording", window, config.format().equals("ts") ? Form.TS : Form.MP4, WAITING_BYTES);
        this.stream = stream;
        this.config = config;
        String name = Pattern.quote(stream) + "-\\d{8}T\\d{6}Z(?:-\\d+)?";
        this.own = Pattern.compile(name + "\\.(?:mp4|mkv|ts)");
        this.cutOff = Pattern.compile("\\.(" + name + ")\\.partial-[0-9a-f]{6}\\.(mp4|mkv|ts)");
    }

    @Override
    void work(Following fragments) {
        Path folder = Path.of(config.folder());
        try {
            Files.createDirectories(folder);
            keepUnfinished(folder);
            @Nullable Fragment first = key(fragments);
            while (first != null) {
                forgetOld(folder);
                Instant end = first.wallClock().plus(config.every());
                Movie movie = movie(
                        first,
                        fragments,
                        fragment -> !fragment.startsSegment()
                                || fragment.wallClock().isBefore(end));
                copy(
                        movie,
                        free(folder, stream + "-" + STAMP.format(first.wallClock()), config.format())
                                .toString(),
                        null);
                first = movie.next();
            }
            if (fragments.skipped() > 0) {
                LOG.warn("{}: the disk was too slow for {} fragments", name(), fragments.skipped());
            }
        } catch (IOException e) {
            throw new StreamException(name() + ": " + e, e);
        }
    }

    /** Not where things lie on this machine. */
    @Override
    String shown(String line) {
        String folder = Path.of(config.folder()).toString();
        return line.replace(folder + "/", "").replace(folder, "the folder");
    }

    private static Path free(Path folder, String name, String format) {
        Path file = folder.resolve(name + "." + format);
        for (int i = 2; Files.exists(file); i++) {
            file = folder.resolve(name + "-" + i + "." + format);
        }
        return file;
    }

    /** What a crash has cut off plays up to there. */
    private void keepUnfinished(Path folder) throws IOException {
        List<Path> unfinished = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (cutOff.matcher(file.getFileName().toString()).matches()) {
                    unfinished.add(file);
                }
            }
        }
        for (Path file : unfinished) {
            Matcher name = cutOff.matcher(file.getFileName().toString());
            if (Files.size(file) == 0 || !name.matches()) {
                Files.delete(file);
                continue;
            }
            Path kept = free(folder, name.group(1), name.group(2));
            Files.move(file, kept);
            LOG.info("{}: {} was cut off and is kept", name(), kept.getFileName());
        }
    }

    private void forgetOld(Path folder) throws IOException {
        if (config.keep() == null) {
            return;
        }
        Instant oldest = Instant.now().minus(config.keep());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                folder, file -> own.matcher(file.getFileName().toString()).matches())) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
