package io.upflux.codecs.ffmpeg;

import io.upflux.pipeline.StreamException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVDictionaryEntry;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/** An owned {@code AVDictionary}: options on their way into FFmpeg, afterwards those that nobody took. */
public final class AvOptions implements AutoCloseable {
    private final AVDictionary dictionary = new AVDictionary(null);

    public AvOptions() {}

    public AvOptions(Map<String, String> options) {
        options.forEach(this::set);
    }

    public AvOptions set(String key, String value) {
        Av.check(avutil.av_dict_set(dictionary, key, value, 0), "option " + key);
        return this;
    }

    /** For FFmpeg, which removes what it takes. */
    public AVDictionary dictionary() {
        return dictionary;
    }

    /** What is in it now: after a call, the keys that were not understood. */
    public Map<String, String> entries() {
        return entries(dictionary);
    }

    /**
     * Makes sure that none of these keys is left.
     *
     * @param who takes them, for the message
     * @throws StreamException {@code who does not know the option key}
     */
    public void requireTaken(Set<String> keys, String who) {
        entries().keySet().stream().filter(keys::contains).findFirst().ifPresent(key -> {
            throw new StreamException(who + " does not know the option " + key);
        });
    }

    /** The entries of any dictionary, such as a stream's tags. */
    public static Map<String, String> entries(@Nullable AVDictionary dictionary) {
        Map<String, String> entries = new LinkedHashMap<>();
        if (dictionary == null || dictionary.isNull()) {
            return entries;
        }
        AVDictionaryEntry entry = avutil.av_dict_iterate(dictionary, null);
        while (entry != null && !entry.isNull()) {
            String key = Av.string(entry.key());
            String value = Av.string(entry.value());
            if (key != null && value != null) {
                entries.put(key, value);
            }
            entry = avutil.av_dict_iterate(dictionary, entry);
        }
        return entries;
    }

    @Override
    public void close() {
        if (!dictionary.isNull()) {
            avutil.av_dict_free(dictionary);
        }
        dictionary.close();
    }
}
