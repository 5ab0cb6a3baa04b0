package io.upflux.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** Looks at a stream by {@code /api/preview}, and reads only when it is asked to. */
final class PreviewClient implements WebSocket.Listener, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream();
    private final StringBuilder text = new StringBuilder();
    private final WebSocket socket;

    /** One picture. */
    record Message(JsonNode head, byte[] bytes) {
        String kind() {
            return head.get("kind").asText();
        }

        BufferedImage picture() {
            try {
                return ImageIO.read(new ByteArrayInputStream(bytes));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    PreviewClient(String url) {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(url.replace("http:", "ws:")), this)
                .join();
    }

    /** @param json single quotes stand for double ones */
    PreviewClient wish(String json) {
        socket.sendText(json.replace('\'', '"'), true).join();
        return this;
    }

    Message message() {
        return (Message) next();
    }

    String text() {
        return (String) next();
    }

    private Object next() {
        socket.request(1);
        try {
            Object next = received.poll(60, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing comes");
            }
            return next;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void onOpen(WebSocket opened) {
        // Reads when it is asked to.
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            received.add(text.toString());
            text.setLength(0);
        } else {
            from.request(1);
        }
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        binary.writeBytes(bytes);
        if (last) {
            received.add(parsed(binary.toByteArray()));
            binary.reset();
        } else {
            from.request(1);
        }
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        received.add("closed");
        return null;
    }

    private static Message parsed(byte[] message) {
        int length = ByteBuffer.wrap(message).getInt();
        try {
            JsonNode head = JSON.readTree(message, Integer.BYTES, length);
            byte[] picture = java.util.Arrays.copyOfRange(message, Integer.BYTES + length, message.length);
            return new Message(head, picture);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        socket.abort();
    }
}
