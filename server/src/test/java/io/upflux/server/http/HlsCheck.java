package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A media playlist, held against the rules of draft-pantos-hls-rfc8216bis that are used; sections in the messages. */
final class HlsCheck {
    private static final Pattern ATTRIBUTE = Pattern.compile("([A-Z-]+)=(\"[^\"]*\"|[^,]*)");

    private final int target;
    private final double partTarget;
    final long mediaSequence;
    final long discontinuitySequence;
    private final List<Boolean> discontinuities = new ArrayList<>();
    final List<String> segments = new ArrayList<>();
    final List<String> parts = new ArrayList<>();
    final Map<String, Double> durations = new HashMap<>();
    final String hint;
    final String header;
    final Map<String, String> reports = new HashMap<>();
    final int openParts;

    /** Parts that are shorter than 85 % of the target and may not be: no more than pictures were left out. */
    final int shortParts;

    HlsCheck(String playlist) {
        List<String> lines = playlist.lines().toList();
        assertThat(lines.get(0)).as("4.4.1.1").isEqualTo("#EXTM3U");
        assertThat(Integer.parseInt(value(lines, "#EXT-X-VERSION:"))).as("8").isBetween(9, 12);
        target = Integer.parseInt(value(lines, "#EXT-X-TARGETDURATION:"));
        partTarget =
                Double.parseDouble(attributes(value(lines, "#EXT-X-PART-INF:")).get("PART-TARGET"));
        Map<String, String> control = attributes(value(lines, "#EXT-X-SERVER-CONTROL:"));
        assertThat(control.get("CAN-BLOCK-RELOAD")).as("4.4.3.8").isEqualTo("YES");
        assertThat(Double.parseDouble(control.get("PART-HOLD-BACK")))
                .as("4.4.3.8")
                .isGreaterThanOrEqualTo(3 * partTarget - 1e-6);
        assertThat(Double.parseDouble(control.get("HOLD-BACK"))).as("4.4.3.8").isGreaterThanOrEqualTo(3 * target);
        mediaSequence = Long.parseLong(value(lines, "#EXT-X-MEDIA-SEQUENCE:"));

        discontinuitySequence = Long.parseLong(value(lines, "#EXT-X-DISCONTINUITY-SEQUENCE:"));
        assertThat(lines).as("4.4.2.1").contains("#EXT-X-INDEPENDENT-SEGMENTS");

        double extinf = -1;
        boolean mapped = false;
        boolean discontinuity = false;
        @Nullable Instant date = null;
        @Nullable Instant expected = null;
        double partSum = 0;
        int partCount = 0;
        int tooShort = 0;
        boolean shortBefore = false;
        boolean dated = false;
        String hinted = "";
        String map = "";
        for (String line : lines) {
            if (line.startsWith("#EXT-X-PROGRAM-DATE-TIME:")) {
                dated = true;
                date = Instant.parse(line.substring(25));
                if (expected != null && !discontinuity) {
                    assertThat(date)
                            .as("4.4.4.6: dates go on with the media")
                            .isCloseTo(expected, within(50, ChronoUnit.MILLIS));
                }
            } else if (line.equals("#EXT-X-DISCONTINUITY")) {
                discontinuity = true;
            } else if (line.startsWith("#EXT-X-MAP:")) {
                assertThat(attributes(line.substring(11))).as("4.4.4.5").containsKey("URI");
                map = attributes(line.substring(11)).getOrDefault("URI", "");
                mapped = true;
            } else if (line.startsWith("#EXT-X-PART:")) {
                Map<String, String> part = attributes(line.substring(12));
                double duration = Double.parseDouble(part.get("DURATION"));
                assertThat(duration)
                        .as("4.4.4.9: no part longer than the target")
                        .isLessThanOrEqualTo(partTarget + 1e-6);
                if (partCount == 0) {
                    assertThat(part.get("INDEPENDENT"))
                            .as("segments begin with a key frame")
                            .isEqualTo("YES");
                }
                // The last of a segment may be, which this one shows the one before not to be.
                tooShort += shortBefore ? 1 : 0;
                shortBefore = duration < 0.85 * partTarget && !"YES".equals(part.get("INDEPENDENT"));
                partSum += duration;
                partCount++;
                parts.add(part.get("URI"));
                durations.put(part.get("URI"), duration);
            } else if (line.startsWith("#EXTINF:")) {
                extinf = Double.parseDouble(line.substring(8, line.indexOf(',')));
                assertThat(Math.round(extinf)).as("4.4.3.1").isLessThanOrEqualTo(target);
            } else if (line.startsWith("#EXT-X-PRELOAD-HINT:")) {
                Map<String, String> next = attributes(line.substring(20));
                assertThat(next.get("TYPE")).isEqualTo("PART");
                hinted = next.getOrDefault("URI", "");
            } else if (line.startsWith("#EXT-X-RENDITION-REPORT:")) {
                Map<String, String> report = attributes(line.substring(24));
                assertThat(report).as("4.4.5.4").containsKeys("URI", "LAST-MSN", "LAST-PART");
                assertThat(report.get("URI"))
                        .as("4.4.5.4: relative")
                        .doesNotContain(":")
                        .doesNotStartWith("/");
                reports.put(report.get("URI"), report.get("LAST-MSN") + "." + report.get("LAST-PART"));
            } else if (!line.startsWith("#") && !line.isBlank()) {
                assertThat(extinf).as("4.4.4.1: a duration for each segment").isPositive();
                assertThat(dated).as("each segment is dated").isTrue();
                assertThat(mapped)
                        .as("3.1.2: a header comes before fragments of MP4")
                        .isTrue();
                if (partCount > 0) {
                    assertThat(partSum)
                            .as("4.4.4.9: parts make up their segment")
                            .isCloseTo(extinf, within(1e-3));
                }
                segments.add(line);
                durations.put(line, extinf);
                expected = Objects.requireNonNull(date).plusNanos((long) (1e9 * extinf));
                discontinuities.add(discontinuity);
                discontinuity = false;
                extinf = -1;
                partSum = 0;
                partCount = 0;
                shortBefore = false;
                dated = false;
            }
        }
        assertThat(parts).as("4.4.5.3: the hint is no part that is there").doesNotContain(hinted);
        hint = hinted;
        header = map;
        openParts = partCount;
        shortParts = tooShort;
    }

    /**
     * Holds a main playlist against the rules.
     *
     * @return the bit rate that it says, by the address of the playlist
     */
    static Map<String, Integer> main(String playlist) {
        List<String> lines = playlist.lines().toList();
        assertThat(lines.get(0)).as("4.4.1.1").isEqualTo("#EXTM3U");
        assertThat(lines)
                .as("4.1: no tags of media playlists")
                .noneMatch(line -> line.startsWith("#EXTINF") || line.startsWith("#EXT-X-TARGETDURATION"));
        Map<String, Integer> variants = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith("#EXT-X-STREAM-INF:")) {
                continue;
            }
            Map<String, String> variant = attributes(lines.get(i).substring(18));
            assertThat(variant).as("4.4.6.2").containsKeys("BANDWIDTH", "CODECS", "RESOLUTION", "FRAME-RATE");
            assertThat(variant.get("RESOLUTION")).matches("[1-9]\\d*x[1-9]\\d*");
            assertThat(lines.get(i + 1))
                    .as("4.4.6.2: the address follows")
                    .doesNotStartWith("#")
                    .isNotBlank();
            variants.put(lines.get(i + 1), Integer.parseInt(variant.get("BANDWIDTH")));
        }
        assertThat(variants.values()).isNotEmpty().allMatch(rate -> rate > 0);
        return variants;
    }

    /** Media sequence number of the segment that is being filled. */
    long openNumber() {
        return mediaSequence + segments.size();
    }

    /** 6.2.1: what both list is the same in both. */
    void precedes(HlsCheck later) {
        assertThat(later.target).as("4.4.3.1: it must not change").isEqualTo(target);
        assertThat(later.partTarget).as("4.4.3.7: nor this").isEqualTo(partTarget);
        assertThat(later.mediaSequence).as("6.2.2: it must not decrease").isGreaterThanOrEqualTo(mediaSequence);
        int gone = (int) Math.min(later.mediaSequence - mediaSequence, segments.size());
        long passed = discontinuities.subList(0, gone).stream()
                .filter(passedBy -> passedBy)
                .count();
        assertThat(later.discontinuitySequence)
                .as("6.2.2: a discontinuity that goes is counted")
                .isGreaterThanOrEqualTo(discontinuitySequence + passed);
        for (int i = 0; i < later.segments.size(); i++) {
            long mine = later.mediaSequence + i - mediaSequence;
            if (mine < segments.size()) {
                assertThat(later.segments.get(i)).isEqualTo(segments.get((int) mine));
            }
        }
        durations.forEach((uri, duration) ->
                assertThat(later.durations.getOrDefault(uri, duration)).isEqualTo(duration));
    }

    static Map<String, String> attributes(String list) {
        Map<String, String> attributes = new HashMap<>();
        Matcher matcher = ATTRIBUTE.matcher(list);
        while (matcher.find()) {
            attributes.put(matcher.group(1), matcher.group(2).replace("\"", ""));
        }
        return attributes;
    }

    private static String value(List<String> lines, String tag) {
        List<String> found = lines.stream().filter(line -> line.startsWith(tag)).toList();
        assertThat(found).as(tag).hasSize(1);
        return found.get(0).substring(tag.length());
    }
}
