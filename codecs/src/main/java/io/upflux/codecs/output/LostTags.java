package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_SUBTITLE;

import io.upflux.codecs.ffmpeg.AvOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;

/** Tags that an output was given and that its container, as FFmpeg writes it, has no place for. */
final class LostTags {
    /** What an INFO list of RIFF has names for. */
    private static final Set<String> RIFF_INFO = Set.of(
            "title",
            "artist",
            "album",
            "comment",
            "copyright",
            "date",
            "genre",
            "language",
            "track",
            "timecode",
            "encoded_by");

    /** AVI's name for what made the file, which is another program now. */
    private static final String PROGRAM = "software";

    /** Programs write these of each stream, for themselves. */
    private static final Set<String> TECHNICAL = Set.of("handler_name", "vendor_id", "creation_time");

    private final boolean avi;
    private final boolean ts;
    private final List<String> lost = new ArrayList<>();

    private LostTags(Container container) {
        avi = container.isAvi();
        ts = container.isTransportStream();
    }

    /** For people; empty where the container takes all tags, or it is not known what it takes. */
    static List<String> of(Container container, AVFormatContext output) {
        LostTags tags = new LostTags(container);
        if (tags.avi || tags.ts || container.isProgramStream()) {
            tags.ofFile(output.metadata());
            for (int i = 0; i < output.nb_streams(); i++) {
                tags.ofStream(output.streams(i));
            }
        }
        return tags.lost;
    }

    private void ofFile(AVDictionary tags) {
        for (String key : AvOptions.entries(tags).keySet()) {
            String name = key.toLowerCase(Locale.ROOT);
            if (ts && name.equals("title")) {
                lost.add("title (which names the service)");
            } else if (!name.equals(PROGRAM)
                    && !(avi && RIFF_INFO.contains(name))
                    && !(ts && name.startsWith("service_"))) {
                lost.add(name);
            }
        }
    }

    private void ofStream(AVStream stream) {
        int type = stream.codecpar().codec_type();
        boolean heardOrRead = type == AVMEDIA_TYPE_AUDIO || type == AVMEDIA_TYPE_SUBTITLE;
        for (Map.Entry<String, String> tag :
                AvOptions.entries(stream.metadata()).entrySet()) {
            String name = tag.getKey().toLowerCase(Locale.ROOT);
            boolean says = !TECHNICAL.contains(name)
                    && !Tags.isStatistic(name)
                    && !(name.equals("language") && tag.getValue().equals("und"));
            boolean kept = avi ? name.equals("title") : ts && heardOrRead && name.equals("language");
            if (says && !kept) {
                lost.add(name + " of stream " + stream.index());
            }
        }
    }
}
