package io.upflux.server.source;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stands between somebody's wish that the server read a source and FFmpeg, which would read anything. What the operator
 * wrote into the configuration needs no guard.
 *
 * <p>HTTP goes through a proxy inside this process, RTSP through a relay, RTMP and SRT to the address that was checked; names
 * are resolved once, here. Files are opened by the path that links lead to. FFmpeg is held to containers that name no other
 * sources, except HLS, whose segments come through the proxy, too.
 */
public final class SourceGuard implements AutoCloseable {
    /** Containers that are what they hold, and what their streams are made of. */
    private static final String MEDIA =
            "mpegts,matroska,webm,flv,live_flv,mov,mp4,ogg,avi,asf,mpeg,mxf,mjpeg,mpjpeg,h264,hevc,"
                    + "aac,mp3,ac3,eac3,webvtt,gif,jpeg_pipe,png_pipe,webp_pipe,bmp_pipe,tiff_pipe";

    /** With these, FFmpeg reads a file and nothing that it may lead to. */
    public static final Map<String, String> SOLE_FILE = Map.of(
            "format_whitelist",
            MEDIA + ",mpegvideo,m4v,ivf,av1,obu,yuv4mpegpipe,ppm_pipe,pgm_pipe",
            "protocol_whitelist",
            "file");

    private static final Pattern RTMP_STREAM = Pattern.compile("(/[^/?]+)/[^/?]+");

    private final Gate gate;
    private volatile AllowedSources allowed;
    private @Nullable GuardProxy proxy;

    public SourceGuard(AllowedSources allowed) {
        this(allowed, Resolver.SYSTEM);
    }

    SourceGuard(AllowedSources allowed, Resolver resolver) {
        this.allowed = allowed;
        this.gate = new Gate(() -> this.allowed, resolver);
    }

    /** Whether a source would be read over a protocol, not as a file's path. */
    public static boolean isUrl(String source) {
        return SourceUrl.isUrl(source);
    }

    /** From now on this is allowed; connections that are open stay. */
    public void allow(AllowedSources sources) {
        allowed = sources;
    }

    /**
     * Makes a source ready to be opened once. Waits for its name to be resolved, so never to be called on an event loop.
     *
     * @param source an absolute path, or a URL
     * @param options for FFmpeg's demuxer and protocol: the operator's, or checked ({@link AllowedSources#checkOption})
     * @throws SourceRefused when it is not allowed
     */
    public GuardedSource open(String source, Map<String, String> options) {
        AllowedSources rules = allowed;
        rules.check(source);
        Map<String, String> all = new LinkedHashMap<>(options);
        if (!SourceUrl.isUrl(source)) {
            all.putAll(SOLE_FILE);
            return new GuardedSource(rules.file(source).toString(), all, () -> {});
        }
        all.put("format_whitelist", MEDIA);
        SourceUrl url = SourceUrl.parse(source);
        List<InetAddress> addresses = gate.addresses(url);
        return switch (url.scheme()) {
            case "rtsp" -> rtsp(url, addresses, all);
            case "rtmp" -> {
                all.put("protocol_whitelist", "rtmp,tcp");
                // Servers of several names tell them apart by this.
                java.util.regex.Matcher stream = RTMP_STREAM.matcher(url.path());
                if (stream.matches() && !url.isAddress()) {
                    all.put("rtmp_tcurl", "rtmp://" + url.host() + ":" + url.port() + stream.group(1));
                }
                yield new GuardedSource(url.at(addresses.get(0), url.port()), all, () -> {});
            }
            case "srt" -> {
                all.put("protocol_whitelist", "srt");
                yield new GuardedSource(url.at(addresses.get(0), url.port()), all, () -> {});
            }
            default -> {
                all.put("format_whitelist", "hls," + MEDIA);
                all.put(
                        "protocol_whitelist",
                        rules.mention("https") ? "http,tcp,crypto,https,tls,httpproxy" : "http,tcp,crypto");
                all.put("http_proxy", proxy().url());
                yield new GuardedSource(url.url(), all, () -> {});
            }
        };
    }

    /** Ends all connections that still lead through here. */
    @Override
    public synchronized void close() {
        if (proxy != null) {
            proxy.close();
            proxy = null;
        }
    }

    private static GuardedSource rtsp(SourceUrl url, List<InetAddress> addresses, Map<String, String> options) {
        RtspRelay relay = new RtspRelay(addresses, url.port());
        options.put("format_whitelist", "rtsp");
        options.put("protocol_whitelist", "tcp");
        // Media over UDP would come from, and answers go to, whatever address the camera names.
        options.put("rtsp_transport", "tcp");
        return new GuardedSource(url.at(relay.address(), relay.port()), options, relay::close);
    }

    private synchronized GuardProxy proxy() {
        if (proxy == null) {
            proxy = new GuardProxy(gate);
        }
        return proxy;
    }
}
