package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVA420P;
import static org.bytedeco.ffmpeg.global.avutil.FF_QP2LAMBDA;

import io.upflux.codecs.output.EncoderSpec.Request;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.PixelLayout.Family;
import io.upflux.pipeline.StreamException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.jspecify.annotations.Nullable;

/**
 * The encoders Upflux knows by name, with settings for output that a viewer cannot tell from lossless at a speed that
 * leaves the processor to the network.
 */
final class EncoderTable {
    private static final Map<String, EncoderSpec> SPECS = specs();

    private EncoderTable() {}

    /** The encoder of that name, or null when this build of FFmpeg has none for video. */
    static @Nullable AVCodec find(String name) {
        AVCodec codec = avcodec_find_encoder_by_name(name);
        return codec == null || codec.isNull() || codec.type() != AVMEDIA_TYPE_VIDEO ? null : codec;
    }

    /** Settings for an encoder; plain ones for those not in the table. */
    static EncoderSpec spec(String name) {
        EncoderSpec known = SPECS.get(name);
        return known != null ? known : EncoderSpec.software(name, EncoderTable::plain);
    }

    /** All table entries that this build has, those of one codec best first. */
    static List<EncoderSpec> present() {
        return SPECS.values().stream().filter(spec -> find(spec.name()) != null).toList();
    }

    /** Names to try for a container, best first; each may be missing from this build. */
    static List<String> preferences(Container container, PixelLayout layout) {
        if (container.isImage()) {
            return switch (container.extension()) {
                case "png" -> List.of("png");
                case "webp" -> List.of("libwebp");
                case "tif", "tiff" -> List.of("tiff");
                case "bmp" -> List.of("bmp");
                default -> List.of("mjpeg");
            };
        }
        boolean deep = layout.depth() > 8;
        boolean fullChroma = layout.family() != Family.GRAY && layout.chromaShiftX() + layout.chromaShiftY() < 2;
        return switch (container.name()) {
            case "webm" -> List.of("libsvtav1", "libvpx-vp9", "libaom-av1");
            case "mpegts" ->
                deep
                        ? List.of("libx265", "hevc_nvenc", "libx264", "h264_nvenc", "libopenh264", "mpeg2video")
                        : List.of("libx264", "h264_nvenc", "libopenh264", "mpeg2video");
            case "mpeg", "vob", "dvd", "svcd" -> List.of("mpeg2video");
            case "mov" ->
                deep && fullChroma
                        ? List.of("prores_ks", "libx265")
                        : deep
                                ? List.of("libx265", "hevc_nvenc", "prores_ks", "libopenh264", "mpeg4")
                                : List.of("libx264", "h264_nvenc", "libopenh264", "prores_ks", "mpeg4");
            default ->
                deep
                        ? List.of(
                                "libx265",
                                "hevc_nvenc",
                                "libsvtav1",
                                "libvpx-vp9",
                                "libaom-av1",
                                "libx264",
                                "libopenh264",
                                "mpeg4")
                        : List.of("libx264", "h264_nvenc", "libopenh264", "libsvtav1", "libvpx-vp9", "mpeg4");
        };
    }

    /** What the container's own author would encode with, or null. */
    static @Nullable String containerDefault(Container container) {
        AVCodec codec = avcodec_find_encoder(container.format().video_codec());
        return codec == null || codec.isNull() || codec.type() != AVMEDIA_TYPE_VIDEO
                ? null
                : codec.name().getString();
    }

    private static Map<String, EncoderSpec> specs() {
        List<EncoderSpec> all = List.of(
                EncoderSpec.software("libx264", request -> x26x(request, "17", "veryfast")),
                EncoderSpec.software("h264_nvenc", EncoderTable::nvenc).asHardware(),
                EncoderSpec.software("libopenh264", EncoderTable::openh264)
                        .from(16)
                        .evenSides(),
                EncoderSpec.software("libx265", EncoderTable::x265).from(32),
                EncoderSpec.software("hevc_nvenc", EncoderTable::nvenc).asHardware(),
                EncoderSpec.software("libsvtav1", EncoderTable::svtav1).from(64),
                EncoderSpec.software("libaom-av1", EncoderTable::aom),
                EncoderSpec.software("av1_nvenc", EncoderTable::nvenc).asHardware(),
                EncoderSpec.software("libvpx", EncoderTable::vp8),
                EncoderSpec.software("libvpx-vp9", EncoderTable::vp9).without(AV_PIX_FMT_YUVA420P),
                EncoderSpec.software("prores_ks", EncoderTable::prores),
                EncoderSpec.software("ffv1", request -> fixed("ffv1", request, Map.of("level", "3", "slicecrc", "1")))
                        .asLossless(),
                EncoderSpec.software("mpeg4", EncoderTable::quantiser).withLargestTimeBase(65535),
                EncoderSpec.software("mpeg2video", EncoderTable::quantiser),
                EncoderSpec.software("mjpeg", EncoderTable::quantiser),
                EncoderSpec.software("png", request -> fixed("png", request, Map.of()))
                        .asLossless(),
                EncoderSpec.software("libwebp", EncoderTable::webp).asLossless(),
                EncoderSpec.software("tiff", request -> fixed("tiff", request, Map.of()))
                        .asLossless(),
                EncoderSpec.software("bmp", request -> fixed("bmp", request, Map.of()))
                        .asLossless());
        Map<String, EncoderSpec> byName = new LinkedHashMap<>();
        all.forEach(spec -> byName.put(spec.name(), spec));
        return byName;
    }

    private static Map<String, String> x265(Request request) {
        Map<String, String> options = new LinkedHashMap<>(x26x(request, "18", "veryfast"));
        // It writes to standard error past the log of FFmpeg.
        options.put("x265-params", "log-level=error");
        return options;
    }

    private static Map<String, String> x26x(Request request, String crf, String preset) {
        return threads(
                request,
                request.bitrate() != null
                        ? Map.of("preset", preset, "b", request.bitrate().toString())
                        : Map.of(
                                "preset",
                                preset,
                                "crf",
                                request.crf() != null ? request.crf().toString() : crf));
    }

    /** It has no constant quality, so the quantiser is pinned; its rate control would also misjudge variable rates. */
    private static Map<String, String> openh264(Request request) {
        Map<String, String> options = new LinkedHashMap<>();
        // By itself it stays with the baseline profile, whose entropy coding costs 20 % more bits.
        options.put("coder", "cabac");
        if (request.bitrate() != null) {
            options.put("rc_mode", "bitrate");
            options.put("b", request.bitrate().toString());
            return threads(request, options);
        }
        int qp = Math.min(51, Math.max(1, request.crf() != null ? request.crf() : 20));
        options.put("rc_mode", "quality");
        options.put("b", "200M");
        options.put("qmin", Integer.toString(qp));
        options.put("qmax", Integer.toString(qp));
        return threads(request, options);
    }

    private static Map<String, String> svtav1(Request request) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("preset", "9");
        // Without it an unknown key in svtav1-params is only logged.
        options.put("err_detect", "explode");
        if (request.bitrate() != null) {
            options.put("b", request.bitrate().toString());
        } else {
            // Its 0 means "not given".
            options.put("crf", Integer.toString(Math.max(1, request.crf() != null ? request.crf() : 22)));
        }
        if (request.threads() > 0) {
            options.put("svtav1-params", "lp=" + request.threads());
        }
        return options;
    }

    private static Map<String, String> vp9(Request request) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("deadline", "realtime");
        options.put("cpu-used", "6");
        options.put("row-mt", "1");
        options.put("lag-in-frames", "0");
        return threads(request, quality(request, options, 20));
    }

    private static Map<String, String> vp8(Request request) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("deadline", "realtime");
        options.put("cpu-used", "4");
        options.put("lag-in-frames", "0");
        quality(request, options, 10);
        // It takes constant quality up to a bit rate alone, which is 200 kbit/s unless told otherwise.
        if (request.bitrate() == null) {
            options.put("b", "200M");
        }
        return threads(request, options);
    }

    private static Map<String, String> aom(Request request) {
        Map<String, String> options = new LinkedHashMap<>();
        // Its slower modes take 0.8 s for a 1080p picture on two cores, this one 0.08 s.
        options.put("usage", "realtime");
        options.put("cpu-used", "8");
        options.put("row-mt", "1");
        return threads(request, quality(request, options, 20));
    }

    private static Map<String, String> quality(Request request, Map<String, String> options, int crf) {
        if (request.bitrate() != null) {
            options.put("b", request.bitrate().toString());
        } else {
            options.put("crf", request.crfOr(crf));
            options.put("b", "0");
        }
        return options;
    }

    private static Map<String, String> webp(Request request) {
        return fixed("libwebp", request, Map.of("quality", "95"));
    }

    private static Map<String, String> prores(Request request) {
        return fixed("prores_ks", request, Map.of("vendor", "apl0"));
    }

    private static Map<String, String> fixed(String name, Request request, Map<String, String> options) {
        if (request.crf() != null || request.bitrate() != null) {
            throw new StreamException(name + " takes neither crf nor bitrate: leave it out or choose another encoder");
        }
        return threads(request, options);
    }

    private static Map<String, String> nvenc(Request request) {
        return request.bitrate() != null
                ? Map.of("preset", "p5", "rc", "vbr", "b", request.bitrate().toString())
                : Map.of("preset", "p5", "rc", "vbr", "b", "0", "cq", request.crfOr(19));
    }

    /** The MPEG-4 and JPEG family: a crf becomes their quantiser scale, 1 (best) to 31. */
    private static Map<String, String> quantiser(Request request) {
        // Without B-frames every GOP is closed; asking for it makes these encoders refuse.
        if (request.bitrate() != null) {
            return threads(
                    request, Map.of("flags", "-cgop", "b", request.bitrate().toString()));
        }
        int scale = Math.max(1, Math.min(31, request.crf() != null ? request.crf() : 2));
        Map<String, String> options = new LinkedHashMap<>();
        options.put("flags", "+qscale-cgop");
        options.put("global_quality", Integer.toString(scale * FF_QP2LAMBDA));
        options.put("qmin", Integer.toString(Math.min(scale, 2)));
        return threads(request, options);
    }

    private static Map<String, String> plain(Request request) {
        if (request.crf() != null) {
            return threads(request, Map.of("crf", request.crf().toString()));
        }
        return threads(
                request,
                request.bitrate() != null ? Map.of("b", request.bitrate().toString()) : Map.of());
    }

    private static Map<String, String> threads(Request request, Map<String, String> options) {
        Map<String, String> result = new LinkedHashMap<>(options);
        result.put("threads", request.threads() == 0 ? "auto" : Integer.toString(request.threads()));
        return result;
    }
}
