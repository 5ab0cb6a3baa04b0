package io.upflux.server.segment;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaTimes;
import io.upflux.codecs.MediaTimes.Track;
import io.upflux.codecs.OutputStreams;
import io.upflux.pipeline.StreamException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether an output holds what its source does: frames, length, streams, when sound begins and ends beside the
 * pictures, and whether sampled pictures look alike. Reads both through; decodes the samples only.
 */
public final class PostCheck {
    /** What nobody notices, beside what containers round times to: AVI has no finer ticks than its frames. */
    private static final double OFFSET_SECONDS = 0.02;

    private static final double LENGTH_SECONDS = 0.1;

    /** A tick of coarse containers. */
    private static final double ROUNDING_SECONDS = 0.0015;

    /** Some codecs have packets that show nothing, never many in a row. */
    private static final double HIDDEN_PACKETS = 0.1;

    private static final int HIDDEN_IN_A_ROW = 3;

    /** Others come and go with containers: chapters are a track of data to some. */
    private static final List<String> KINDS = List.of("video", "audio", "subtitle");

    private static final int SAMPLES = 5;

    private final String input;
    private final InputOptions reading;
    private final MediaTimes source;
    private final boolean damaged;
    private final Runnable progress;

    /**
     * @param input what was upscaled
     * @param reading how it was read
     * @param source times of the part of the input that was asked for
     * @param damaged whether some of the source cannot be read: then less may come out, and pictures look otherwise
     * @param progress told now and then, for reading all of a film takes its time
     */
    public PostCheck(String input, InputOptions reading, MediaTimes source, boolean damaged, Runnable progress) {
        this.input = input;
        this.reading = reading;
        this.source = source;
        this.damaged = damaged;
        this.progress = progress;
    }

    /**
     * Checks a finished file.
     *
     * @param output where it lies
     * @param name what to call it
     * @param encoded what went into it
     * @param streams what was written into it
     * @throws StreamException when something is not as it should be, naming all that is not
     */
    public void check(String output, String name, Encoded encoded, OutputStreams streams) {
        InputOptions readingOutput = InputOptions.defaults().withVideoStream(streams.video());
        MediaTimes made = MediaTimes.read(output, readingOutput, progress);
        List<String> differences = new ArrayList<>();
        checkStreams(made, streams.kinds(), differences);
        checkFrames(made, encoded.frames(), differences);
        checkGaps(made, encoded, differences);
        checkTimes(made, encoded, differences);
        if (differences.isEmpty()) {
            checkPictures(output, readingOutput, made, encoded, differences);
        }
        if (!differences.isEmpty()) {
            throw new StreamException(
                    name + ": the result is not what it should be: " + String.join("; ", differences));
        }
    }

    private static void checkStreams(MediaTimes made, Map<String, Integer> wanted, List<String> differences) {
        Map<String, Integer> found = new HashMap<>();
        made.tracks().forEach(track -> found.merge(track.type(), 1, Integer::sum));
        KINDS.forEach(type -> {
            int count = wanted.getOrDefault(type, 0);
            int there = found.getOrDefault(type, 0);
            if (there != count) {
                differences.add(there + " " + type + " streams instead of " + count);
            }
        });
    }

    private void checkFrames(MediaTimes made, long frames, List<String> differences) {
        long written = made.frames().size() + untimed(made);
        if (written < frames) {
            differences.add(written + " frames in the file, " + frames + " were encoded");
        }
        int packets = source.frames().size();
        if (!damaged && written < packets * (1 - HIDDEN_PACKETS) - 2) {
            differences.add(written + " frames, the source has " + packets);
        }
    }

    /** Looks for a stretch of the source without pictures: a part of the output that was lost. */
    private void checkGaps(MediaTimes made, Encoded encoded, List<String> differences) {
        if (damaged || made.frames().isEmpty()) {
            return;
        }
        long start = made.frames().get(0);
        double previous = 0;
        int next = 0;
        for (long written : made.frames()) {
            double now = made.timeBase().seconds(written - start);
            int between = 0;
            while (next < source.frames().size() && seconds(next, encoded) < now - ROUNDING_SECONDS) {
                between += seconds(next, encoded) > previous + ROUNDING_SECONDS ? 1 : 0;
                next++;
            }
            if (between > HIDDEN_IN_A_ROW) {
                differences.add(String.format(
                        Locale.ROOT, "%d frames are missing between %.3f and %.3f s", between, previous, now));
                return;
            }
            previous = now;
        }
    }

    /** When a frame of the source is shown, from the first one that was encoded. */
    private double seconds(int frame, Encoded encoded) {
        return source.timeBase().seconds(source.frames().get(frame) - encoded.firstPts());
    }

    private void checkTimes(MediaTimes made, Encoded encoded, List<String> differences) {
        Track before = upscaled(source);
        Track after = upscaled(made);
        if (before == null || after == null) {
            return;
        }
        // Damage aside, what precedes the first frame that could be decoded is nobody's loss.
        double first = source.timeBase().seconds(encoded.firstPts());
        double length = (before.end() - first) - (after.end() - after.start());
        double frame = (before.end() - first) / Math.max(1, before.packets());
        if (!damaged && Math.abs(length) > LENGTH_SECONDS + 2 * frame) {
            differences.add(seconds(
                    "video is %.3f s long, the source's %.3f s", after.end() - after.start(), before.end() - first));
        }
        List<Track> sounds = sounds(source);
        List<Track> kept = sounds(made);
        for (int i = 0; i < sounds.size() && sounds.size() == kept.size(); i++) {
            Track sound = sounds.get(i);
            Track copy = kept.get(i);
            if (sound.packets() == 0) {
                continue;
            }
            if (copy.packets() == 0) {
                differences.add("sound " + sound.index() + " is empty");
                continue;
            }
            double packet = Math.max(packetSeconds(sound), packetSeconds(copy));
            boolean same = sound.codec().equals(copy.codec()) && sound.packets() == copy.packets();
            double start = (sound.start() - first) - (copy.start() - after.start());
            double end = (sound.end() - first) - (copy.end() - after.start());
            // A conversion may add or leave out a packet's worth at either end.
            double tolerance = OFFSET_SECONDS + made.timeBase().seconds(1) / 2 + (same ? 0 : 2 * packet);
            // Where a source breaks off its streams may do so at different times.
            if (Math.abs(start) > tolerance || (!damaged && Math.abs(end) > tolerance + packet)) {
                differences.add(seconds(
                        "sound " + sound.index() + " is off by %.3f s at its start, %.3f s at its end", start, end));
            }
        }
    }

    private void checkPictures(
            String output, InputOptions readingOutput, MediaTimes made, Encoded encoded, List<String> differences) {
        Track before = upscaled(source);
        Track after = upscaled(made);
        if (before == null
                || after == null
                || damaged
                || source.frames().isEmpty()
                || made.frames().isEmpty()) {
            return;
        }
        for (int i = 0; i < SAMPLES; i++) {
            long pts = source.frames().get((int) ((2 * i + 1L) * source.frames().size() / (2 * SAMPLES)));
            checkPicture(output, readingOutput, pts, made, encoded, differences);
            progress.run();
        }
    }

    /** @param pts of a frame of the source */
    private void checkPicture(
            String output,
            InputOptions readingOutput,
            long pts,
            MediaTimes made,
            Encoded encoded,
            List<String> differences) {
        double seconds = source.timeBase().seconds(pts - encoded.firstPts());
        long wanted = made.frames().get(0)
                + Math.round(seconds * made.timeBase().den() / made.timeBase().num());
        // A tick earlier, where the containers round differently.
        int next = Collections.binarySearch(made.frames(), wanted - 1);
        int frame = Math.min(next < 0 ? -next - 1 : next, made.frames().size() - 1);
        PictureGrid before = PictureGrid.at(input, reading, pts);
        PictureGrid after = PictureGrid.at(output, readingOutput, made.frames().get(frame));
        if (before == null) {
            return;
        }
        String flaw = after == null ? "cannot be decoded" : before.flawOf(after);
        if (flaw != null) {
            differences.add(String.format(Locale.ROOT, "the picture at %.3f s %s", seconds, flaw));
        }
    }

    /** Frames that an elementary stream says no times of. */
    private static long untimed(MediaTimes times) {
        return times.tracks().stream()
                .filter(Track::upscaled)
                .mapToLong(Track::untimed)
                .sum();
    }

    private static @Nullable Track upscaled(MediaTimes times) {
        return times.tracks().stream()
                .filter(Track::upscaled)
                .filter(track -> track.packets() > 0)
                .findFirst()
                .orElse(null);
    }

    private static double packetSeconds(Track sound) {
        return (sound.end() - sound.start()) / sound.packets();
    }

    private static List<Track> sounds(MediaTimes times) {
        return times.tracks().stream()
                .filter(track -> track.type().equals("audio"))
                .toList();
    }

    private static String seconds(String format, double one, double other) {
        return String.format(Locale.ROOT, format, one, other);
    }
}
