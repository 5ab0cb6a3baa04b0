package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_GLOBALHEADER;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_NOFILE;
import static org.bytedeco.ffmpeg.global.avformat.av_guess_format;
import static org.bytedeco.ffmpeg.global.avformat.avformat_query_codec;

import io.upflux.pipeline.StreamException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.jspecify.annotations.Nullable;

/**
 * The kind of file or stream that is written, and which codecs fit in.
 *
 * @param format FFmpeg's muxer
 * @param name the muxer's name
 * @param extension of the location, lower case, empty when there is none
 * @param kind file, still image, image sequence, standard output or network
 */
record Container(AVOutputFormat format, String name, String extension, Kind kind) {
    /** Where the bytes go. */
    enum Kind {
        FILE,
        IMAGE,
        IMAGE_SEQUENCE,
        STDOUT,
        NETWORK
    }

    private static final Set<String> IMAGE_EXTENSIONS = Set.of("png", "jpg", "jpeg", "webp", "tif", "tiff", "bmp");
    private static final Pattern NUMBER = Pattern.compile("%0?[0-9]*d");
    private static final Pattern SCHEME = Pattern.compile("^([a-zA-Z][a-zA-Z0-9+.-]+)://.*");

    /** Muxers that never go back to fill something in. */
    private static final Set<String> STREAMABLE =
            Set.of("matroska", "webm", "mpegts", "nut", "flv", "ogg", "h264", "hevc", "ivf", "obu", "mjpeg");

    private static final Set<String> ISO = Set.of("mp4", "mov", "ipod", "3gp", "3g2", "ismv", "f4v", "psp");

    private static final Set<String> PROGRAM_STREAMS = Set.of("mpeg", "vob", "dvd", "svcd");

    /** Their only picture is a cover. */
    private static final Set<String> AUDIO_ONLY =
            Set.of("mp3", "flac", "aiff", "wav", "adts", "tta", "oga", "opus", "spx");

    /** MPEG-TS has no table that libavformat would show; ISO 13818-1 and what its muxer knows. */
    private static final Set<Integer> TS_CODECS = Set.of(
            AV_CODEC_ID_H264,
            AV_CODEC_ID_HEVC,
            AV_CODEC_ID_VVC,
            AV_CODEC_ID_MPEG1VIDEO,
            AV_CODEC_ID_MPEG2VIDEO,
            AV_CODEC_ID_MPEG4,
            AV_CODEC_ID_MP2,
            AV_CODEC_ID_MP3,
            AV_CODEC_ID_AAC,
            AV_CODEC_ID_AAC_LATM,
            AV_CODEC_ID_AC3,
            AV_CODEC_ID_EAC3,
            AV_CODEC_ID_DTS,
            AV_CODEC_ID_TRUEHD,
            AV_CODEC_ID_OPUS,
            AV_CODEC_ID_S302M,
            AV_CODEC_ID_DVB_SUBTITLE,
            AV_CODEC_ID_DVB_TELETEXT,
            AV_CODEC_ID_SMPTE_KLV,
            AV_CODEC_ID_TIMED_ID3);

    /** Program streams have none either; ISO 13818-1 as DVD players know it. */
    private static final Set<Integer> PS_CODECS = Set.of(
            AV_CODEC_ID_MPEG1VIDEO,
            AV_CODEC_ID_MPEG2VIDEO,
            AV_CODEC_ID_MP2,
            AV_CODEC_ID_MP3,
            AV_CODEC_ID_AC3,
            AV_CODEC_ID_DTS,
            AV_CODEC_ID_DVD_SUBTITLE);

    /** Nor has Ogg; what Xiph.Org has mappings for. */
    private static final Set<Integer> OGG_CODECS = Set.of(
            AV_CODEC_ID_THEORA,
            AV_CODEC_ID_VP8,
            AV_CODEC_ID_VORBIS,
            AV_CODEC_ID_OPUS,
            AV_CODEC_ID_FLAC,
            AV_CODEC_ID_SPEEX);

    /**
     * @param location path, pattern, URL or {@code -}
     * @param requested name of a muxer, or null to go by the location
     * @throws StreamException when neither says what to write
     */
    static Container of(String location, @Nullable String requested) {
        boolean stdout = location.equals("-");
        String scheme = scheme(location);
        String extension = stdout || scheme != null ? "" : extension(location);
        if (requested == null && IMAGE_EXTENSIONS.contains(extension)) {
            Kind kind = NUMBER.matcher(fileName(location)).find() ? Kind.IMAGE_SEQUENCE : Kind.IMAGE;
            return new Container(guess("image2", location), "image2", extension, kind);
        }
        AVOutputFormat format = requested != null
                ? named(requested, location)
                : stdout ? guess("matroska", location) : scheme != null ? network(scheme, location) : byName(location);
        String name = format.name().getString().split(",", 2)[0];
        if (AUDIO_ONLY.contains(name) || name.startsWith("pcm_")) {
            throw new StreamException(location + ": " + name + " holds no video; use mp4, mov, mkv, webm or ts");
        }
        if (stdout && !STREAMABLE.contains(name)) {
            throw new StreamException("-: " + name
                    + " cannot be written to standard output, which cannot seek; use matroska or mpegts, or a file");
        }
        Kind kind = stdout ? Kind.STDOUT : scheme != null ? Kind.NETWORK : Kind.FILE;
        Container container = new Container(format, name, extension, kind);
        if (kind == Kind.FILE && container.opensFiles() && !name.equals("image2")) {
            throw new StreamException(location + ": " + name + " writes several files; name an .mp4 or .mkv");
        }
        return container;
    }

    boolean isImage() {
        return kind == Kind.IMAGE || kind == Kind.IMAGE_SEQUENCE;
    }

    /** MP4, QuickTime and their relatives. */
    boolean isIso() {
        return ISO.contains(name);
    }

    boolean isMatroska() {
        return name.equals("matroska");
    }

    boolean isWebm() {
        return name.equals("webm");
    }

    boolean isTransportStream() {
        return name.equals("mpegts");
    }

    boolean isAvi() {
        return name.equals("avi");
    }

    /** What RTMP carries. */
    boolean isFlv() {
        return name.equals("flv");
    }

    /** MPEG's container for files, of DVDs for instance. */
    boolean isProgramStream() {
        return PROGRAM_STREAMS.contains(name);
    }

    /** Whether pictures follow each other at a constant rate, which is all that it says of times. */
    boolean hasFrameRateOnly() {
        return name.equals("yuv4mpegpipe");
    }

    /** Samples of sound a second that it takes, 0 for any number: FFmpeg's MXF knows the rate of broadcasters only. */
    int soundRate() {
        return name.startsWith("mxf") ? 48_000 : 0;
    }

    /** Whether a display matrix survives in it. */
    boolean carriesRotation() {
        return isIso() || isMatroska();
    }

    boolean hasAttachments() {
        return isMatroska();
    }

    boolean hasChapters() {
        return isIso() || isMatroska() || isWebm() || name.equals("ogg") || name.equals("ogv") || name.equals("nut");
    }

    /** Whether it keeps parameter sets apart from the packets. */
    boolean wantsGlobalHeader() {
        return (format.flags() & AVFMT_GLOBALHEADER) != 0;
    }

    /** Whether the muxer opens its files itself. */
    boolean opensFiles() {
        return (format.flags() & AVFMT_NOFILE) != 0;
    }

    /** Options of its muxer where nobody says otherwise: FFmpeg would try RTSP over UDP first, which most firewalls drop. */
    Map<String, String> settings() {
        return name.equals("rtsp") ? Map.of("rtsp_transport", "tcp") : Map.of();
    }

    /** Whether a stream of this codec can be stored as it is. */
    boolean holds(int codec) {
        if (codec == AV_CODEC_ID_NONE) {
            return false;
        }
        if (isTransportStream()) {
            return TS_CODECS.contains(codec);
        }
        if (isProgramStream()) {
            return PS_CODECS.contains(codec);
        }
        if (name.equals("ogg") || name.equals("ogv")) {
            return OGG_CODECS.contains(codec);
        }
        int answer = avformat_query_codec(format, codec, -2);
        if (answer >= 0) {
            return answer == 1;
        }
        return codec == format.video_codec() || codec == format.audio_codec() || codec == format.subtitle_codec();
    }

    /** For people: the extension where there is one, else the muxer's name. */
    @Override
    public String toString() {
        return extension.isEmpty() || isImage() ? name : extension.toUpperCase(Locale.ROOT);
    }

    /** URL scheme, or null for a path, which may hold a colon: {@code Alien: Romulus.mkv}. */
    static @Nullable String scheme(String location) {
        var matcher = SCHEME.matcher(location);
        boolean isUrl = matcher.matches() && !matcher.group(1).equalsIgnoreCase("file");
        return isUrl ? matcher.group(1).toLowerCase(Locale.ROOT) : null;
    }

    private static String fileName(String location) {
        return location.substring(Math.max(location.lastIndexOf('/'), location.lastIndexOf('\\')) + 1);
    }

    private static String extension(String location) {
        String file = fileName(location);
        int dot = file.lastIndexOf('.');
        return dot < 0 ? "" : file.substring(dot + 1).toLowerCase(Locale.ROOT);
    }

    private static AVOutputFormat named(String requested, String location) {
        Map<String, String> familiar = Map.of("mkv", "matroska", "ts", "mpegts", "m4v", "mp4");
        String name = requested.toLowerCase(Locale.ROOT);
        AVOutputFormat format = av_guess_format(familiar.getOrDefault(name, name), null, null);
        if (format == null || format.isNull()) {
            throw new StreamException(location + ": there is no container named " + requested
                    + "; usual ones are mp4, mov, matroska, webm, mpegts");
        }
        return format;
    }

    private static AVOutputFormat network(String scheme, String location) {
        String name = switch (scheme) {
            case "rtmp", "rtmps", "rtmpt", "rtmpe", "rtmpte" -> "flv";
            case "srt", "udp", "tcp", "tls" -> "mpegts";
            case "rtsp", "rtsps" -> "rtsp";
            case "rtp" -> "rtp_mpegts";
            case "http", "https" -> httpFormat(location);
            default ->
                throw new StreamException(location + ": do not know what to send by " + scheme
                        + "; use rtmp, rtsp, srt, udp, tcp, rtp or http");
        };
        return guess(name, location);
    }

    private static String httpFormat(String location) {
        String path = location.replaceFirst("[?#].*", "");
        return switch (extension(path)) {
            case "mkv" -> "matroska";
            case "webm" -> "webm";
            case "flv" -> "flv";
            default -> "mpegts";
        };
    }

    private static AVOutputFormat byName(String location) {
        if (extension(location).equals("m4v")) {
            return guess("mp4", location);
        }
        AVOutputFormat format = av_guess_format(null, location, null);
        if (format == null || format.isNull()) {
            String extension = extension(location);
            throw new StreamException(location + ": "
                    + (extension.isEmpty() ? "the name has no extension" : "unknown extension ." + extension)
                    + "; use .mp4, .mov, .mkv, .webm, .ts, .png, .jpg or .webp");
        }
        return format;
    }

    private static AVOutputFormat guess(String name, String location) {
        AVOutputFormat format = av_guess_format(name, null, null);
        if (format == null || format.isNull()) {
            throw new StreamException(location + ": this FFmpeg cannot write " + name);
        }
        return format;
    }
}
