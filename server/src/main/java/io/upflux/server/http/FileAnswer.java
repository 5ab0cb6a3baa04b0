package io.upflux.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.upflux.codecs.MediaNames;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A file as the answer to a request, or a part of it: ranges, validators and conditions of RFC 9110, a name of RFC 6266.
 * The disk is read by threads that may wait for it.
 */
final class FileAnswer {
    private static final int PIECE = 32 << 10;

    /** RFC 9110, section 5.6.7: two digits a day. */
    private static final DateTimeFormatter IMF_FIXDATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);

    private static final String UNRESERVED = "!#$&+-.^_`|~";

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("mp4", "video/mp4"),
            Map.entry("m4v", "video/mp4"),
            Map.entry("mov", "video/quicktime"),
            Map.entry("mkv", "video/matroska"),
            Map.entry("webm", "video/webm"),
            Map.entry("ts", "video/mp2t"),
            Map.entry("mts", "video/mp2t"),
            Map.entry("m2ts", "video/mp2t"),
            Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("jpeg", "image/jpeg"),
            Map.entry("webp", "image/webp"),
            Map.entry("bmp", "image/bmp"),
            Map.entry("tif", "image/tiff"),
            Map.entry("tiff", "image/tiff"));

    private final Path file;
    private final String name;

    /** @param name under which it is to be kept */
    FileAnswer(Path file, String name) {
        this.file = file;
        this.name = name;
    }

    Mono<Void> send(Exchange exchange) {
        return Mono.fromCallable(() -> Files.readAttributes(file, BasicFileAttributes.class))
                .subscribeOn(Schedulers.boundedElastic())
                .onErrorMap(NoSuchFileException.class, gone -> Problem.notFound(name + " is gone"))
                .flatMap(attributes -> send(
                        exchange,
                        attributes.size(),
                        attributes.lastModifiedTime().toInstant()));
    }

    private Mono<Void> send(Exchange exchange, long size, Instant modified) {
        String tag = "\"" + Long.toHexString(size) + "-" + Long.toHexString(modified.toEpochMilli()) + "\"";
        String date = IMF_FIXDATE.format(modified.atOffset(ZoneOffset.UTC));
        HttpServerResponse response = exchange.response()
                .header(HttpHeaderNames.ACCEPT_RANGES, "bytes")
                .header(HttpHeaderNames.ETAG, tag)
                .header(HttpHeaderNames.LAST_MODIFIED, date)
                .header(HttpHeaderNames.CACHE_CONTROL, "private, no-cache");
        if (isAmong(header(exchange, HttpHeaderNames.IF_NONE_MATCH), tag)) {
            response.status(HttpResponseStatus.NOT_MODIFIED);
            return exchange.onLoop(response.send());
        }
        boolean head = exchange.request().method().equals(HttpMethod.HEAD);
        String condition = header(exchange, HttpHeaderNames.IF_RANGE);
        boolean ranged = !head && (condition == null || condition.equals(tag) || condition.equals(date));
        ByteRange range = ranged ? ByteRange.of(header(exchange, HttpHeaderNames.RANGE), size) : null;
        if (range != null) {
            response.status(HttpResponseStatus.PARTIAL_CONTENT).header(HttpHeaderNames.CONTENT_RANGE, range.of(size));
        }
        ByteRange sent = range == null ? new ByteRange(0, size) : range;
        response.header(
                        HttpHeaderNames.CONTENT_TYPE,
                        TYPES.getOrDefault(MediaNames.extension(name), "application/octet-stream"))
                .header(HttpHeaderNames.CONTENT_DISPOSITION, disposition(name))
                .header(HttpHeaderNames.CONTENT_LENGTH, Long.toString(sent.length()));
        return exchange.onLoop(
                head ? response.send() : response.send(bytes(sent)).then());
    }

    private Flux<ByteBuf> bytes(ByteRange range) {
        long end = range.first() + range.length();
        return Flux.using(
                        () -> FileChannel.open(file),
                        channel -> Flux.<ByteBuf, Long>generate(range::first, (at, sink) -> {
                            if (at == end) {
                                sink.complete();
                                return at;
                            }
                            int count = (int) Math.min(PIECE, end - at);
                            sink.next(Unpooled.wrappedBuffer(read(channel, at, count)));
                            return at + count;
                        }),
                        FileAnswer::close)
                .subscribeOn(Schedulers.boundedElastic());
    }

    private static byte[] read(FileChannel channel, long at, int count) {
        ByteBuffer piece = ByteBuffer.allocate(count);
        try {
            while (piece.hasRemaining()) {
                if (channel.read(piece, at + piece.position()) < 0) {
                    throw new EOFException("a file got shorter while it was sent");
                }
            }
            return piece.array();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable String header(Exchange exchange, CharSequence name) {
        return exchange.request().requestHeaders().get(name);
    }

    /** Weak comparison, as If-None-Match wants it. */
    private static boolean isAmong(@Nullable String field, String tag) {
        if (field == null) {
            return false;
        }
        for (String one : field.split(",", -1)) {
            String shown = one.strip();
            if (shown.equals("*") || shown.equals(tag) || shown.equals("W/" + tag)) {
                return true;
            }
        }
        return false;
    }

    /** With a name for all clients, and the exact one for those that know RFC 8187. */
    static String disposition(String name) {
        StringBuilder plain = new StringBuilder();
        name.codePoints()
                .map(c -> c < ' ' || c > '~' || "\"\\%/".indexOf(c) >= 0 ? '_' : c)
                .forEach(plain::appendCodePoint);
        StringBuilder exact = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            boolean letter = (b >= '0' && b <= '9') || (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z');
            if (letter || (b > 0 && UNRESERVED.indexOf(b) >= 0)) {
                exact.append((char) b);
            } else {
                exact.append(String.format("%%%02X", b));
            }
        }
        return "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + exact;
    }
}
