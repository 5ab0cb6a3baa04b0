package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avutil.*;

import io.upflux.codecs.ffmpeg.AvOptions;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.bytedeco.ffmpeg.avformat.AVChapter;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/** Titles, languages, dates, chapters: what a container says about its content in words. */
final class Tags {
    /** They describe the input file, not what it shows. */
    private static final Set<String> OF_THE_FILE =
            Set.of("major_brand", "minor_version", "compatible_brands", "encoder");

    /** Names that libavformat's MP4 writer has boxes for. */
    private static final Set<String> MP4_BOXES = Set.of(
            "title",
            "artist",
            "album_artist",
            "composer",
            "album",
            "date",
            "comment",
            "genre",
            "copyright",
            "grouping",
            "lyrics",
            "description",
            "synopsis",
            "show",
            "episode_id",
            "network",
            "keywords",
            "episode_sort",
            "season_number",
            "media_type",
            "hd_video",
            "gapless_playback",
            "compilation",
            "track",
            "disc",
            "tmpo",
            "creation_time",
            "location");

    private static final Set<String> STATISTICS = Set.of("bps", "number_of_frames", "number_of_bytes", "duration");

    private static final AVRational MICROSECONDS = new AVRational().num(1).den(1_000_000);

    private Tags() {}

    static void copyGlobal(AVFormatContext from, AVFormatContext to) {
        Map<String, String> tags = AvOptions.entries(from.metadata());
        tags.keySet().removeIf(key -> OF_THE_FILE.contains(key.toLowerCase(Locale.ROOT)));
        to.metadata(dictionary(tags));
    }

    static void copy(AVStream from, AVStream to) {
        to.metadata(dictionary(AvOptions.entries(from.metadata())));
        to.disposition(from.disposition());
    }

    /** As {@link #copy}, but without what was counted on the old pictures or says how they hold their alpha. */
    static void copyVideo(AVStream from, AVStream to) {
        Map<String, String> tags = AvOptions.entries(from.metadata());
        tags.keySet().removeIf(key -> isStatistic(key) || key.equalsIgnoreCase("alpha_mode"));
        to.metadata(dictionary(tags));
        to.disposition(from.disposition());
    }

    static void setDefault(AVStream stream, String key, String value) {
        Map<String, String> tags = AvOptions.entries(stream.metadata());
        if (tags.putIfAbsent(key, value) == null) {
            AVDictionary old = stream.metadata();
            if (old != null) {
                av_dict_free(old);
            }
            stream.metadata(dictionary(tags));
        }
    }

    /** Whether there are names for which MP4 has no box of their own, so that they need its free keys. */
    static boolean needFreeKeys(AVFormatContext from) {
        return AvOptions.entries(from.metadata()).keySet().stream()
                .map(key -> key.toLowerCase(Locale.ROOT))
                .anyMatch(key -> !OF_THE_FILE.contains(key) && !MP4_BOXES.contains(key));
    }

    /**
     * Copies chapters, moved by {@code -startMicros} and cut at the ends.
     *
     * @param endMicros end of the copied part on the input's clock, or null
     */
    static void copyChapters(AVFormatContext from, AVFormatContext to, long startMicros, @Nullable Long endMicros) {
        int count = from.nb_chapters();
        if (count == 0) {
            return;
        }
        // libavformat frees array and chapters with the context, so they must come from its allocator.
        PointerPointer<AVChapter> array =
                new PointerPointer<>(av_mallocz((long) count * Pointer.sizeof(Pointer.class)));
        int kept = 0;
        for (int i = 0; i < count; i++) {
            AVChapter old = from.chapters(i);
            AVRational base = old.time_base();
            long offset = av_rescale_q(startMicros, MICROSECONDS, base);
            long start = Math.max(0, old.start() - offset);
            long last = endMicros == null ? Long.MAX_VALUE : av_rescale_q(endMicros - startMicros, MICROSECONDS, base);
            long end = old.end() == AV_NOPTS_VALUE ? AV_NOPTS_VALUE : Math.min(old.end() - offset, last);
            if ((end != AV_NOPTS_VALUE && end <= 0) || start >= last) {
                continue;
            }
            AVChapter chapter = new AVChapter(av_mallocz(Pointer.sizeof(AVChapter.class)));
            chapter.id(old.id()).start(start).end(end);
            chapter.time_base().num(base.num()).den(base.den());
            chapter.metadata(dictionary(AvOptions.entries(old.metadata())));
            array.put(kept++, chapter);
        }
        to.chapters(array);
        to.nb_chapters(kept);
    }

    /** Whether a stream's tag counts what was in it, or names the program that made it. */
    static boolean isStatistic(String key) {
        String name = key.toLowerCase(Locale.ROOT);
        int language = name.indexOf('-');
        String base = language < 0 ? name : name.substring(0, language);
        return STATISTICS.contains(base) || base.startsWith("_statistics") || base.equals("encoder");
    }

    private static @Nullable AVDictionary dictionary(Map<String, String> tags) {
        AVDictionary dictionary = new AVDictionary(null);
        tags.forEach((key, value) -> av_dict_set(dictionary, key, value, 0));
        return dictionary.isNull() ? null : dictionary;
    }
}
