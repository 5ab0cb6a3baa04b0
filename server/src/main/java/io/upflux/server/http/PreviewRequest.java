package io.upflux.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.upflux.codecs.PictureType;
import io.upflux.server.preview.PreviewKind;
import io.upflux.server.preview.PreviewWish;
import io.upflux.server.preview.Region;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a client of {@code /api/preview} says.
 *
 * @param period from one frame to the next
 */
record PreviewRequest(PreviewWish wish, Duration period) {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final List<String> KEYS = List.of("kinds", "rate", "size", "region", "mime");
    private static final double USUAL_RATE = 5;
    private static final double HIGHEST_RATE = 60;
    private static final int LARGEST = 16384;

    /** @throws Problem when it cannot be understood */
    static PreviewRequest parse(String text) {
        JsonNode said;
        try {
            said = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw Problem.badRequest("wishes are JSON objects");
        }
        if (!said.isObject()) {
            throw Problem.badRequest("wishes are JSON objects");
        }
        for (Iterator<String> keys = said.fieldNames(); keys.hasNext(); ) {
            String key = keys.next();
            if (!KEYS.contains(key)) {
                throw Problem.badRequest("a wish has no key " + key + "; there are " + String.join(", ", KEYS));
            }
        }
        double rate = rate(said.path("rate"));
        PreviewWish wish = new PreviewWish(
                kinds(said.path("kinds")),
                region(said.path("region")),
                said.has("size") ? whole(said.path("size"), "size") : 0,
                type(said.path("mime")));
        return new PreviewRequest(wish, Duration.ofNanos(Math.round(1e9 / rate)));
    }

    private static Set<PreviewKind> kinds(JsonNode said) {
        if (said.isMissingNode()) {
            return EnumSet.of(PreviewKind.SOURCE, PreviewKind.UPSCALED);
        }
        Set<PreviewKind> kinds = EnumSet.noneOf(PreviewKind.class);
        for (JsonNode name : said) {
            kinds.add(Stream.of(PreviewKind.values())
                    .filter(kind -> kind.toString().equals(name.asText()))
                    .findFirst()
                    .orElseThrow(PreviewRequest::unknownKind));
        }
        if (!said.isArray()) {
            throw unknownKind();
        }
        return kinds;
    }

    private static Problem unknownKind() {
        return Problem.badRequest("kinds is a list of source, upscaled and map");
    }

    private static double rate(JsonNode said) {
        double rate = said.isMissingNode() ? USUAL_RATE : said.asDouble(0);
        if (!(rate >= 0.01 && rate <= HIGHEST_RATE)) {
            throw Problem.badRequest("rate is 0.01 to 60 frames a second");
        }
        return rate;
    }

    private static @Nullable Region region(JsonNode said) {
        if (said.isMissingNode() || said.isNull()) {
            return null;
        }
        try {
            return new Region(
                    whole(said.path("x"), "x of region"),
                    whole(said.path("y"), "y of region"),
                    whole(said.path("width"), "width of region"),
                    whole(said.path("height"), "height of region"));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static int whole(JsonNode said, String name) {
        if (!said.isIntegralNumber() || said.asLong() < 0 || said.asLong() > LARGEST) {
            throw Problem.badRequest(name + " is a whole number of pixels, 0 to " + LARGEST);
        }
        return said.asInt();
    }

    private static PictureType type(JsonNode said) {
        return Stream.of(PictureType.JPEG, PictureType.WEBP)
                .filter(type -> type.mime().equals(said.asText(PictureType.JPEG.mime())))
                .findFirst()
                .orElseThrow(() -> Problem.badRequest("mime is image/jpeg or image/webp"));
    }
}
