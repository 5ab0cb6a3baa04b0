package io.upflux.codecs.output;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an RTSP server saw of somebody who published to it.
 *
 * @param transports that SETUP asked for
 * @param packets that came over the same connection
 */
record RtspServer(List<String> transports, int packets) {
    /** Takes one publisher, whatever it wants, to its end. */
    static RtspServer serve(ServerSocket server) {
        List<String> transports = new ArrayList<>();
        int packets = 0;
        try (Socket socket = server.accept();
                DataInputStream in = new DataInputStream(socket.getInputStream())) {
            for (int first = in.read(); first >= 0; first = in.read()) {
                if (first == '$') {
                    in.readByte();
                    in.readFully(new byte[in.readUnsignedShort()]);
                    packets++;
                    continue;
                }
                String request = (char) first + line(in);
                Map<String, String> headers = headers(in);
                in.readFully(new byte[Integer.parseInt(headers.getOrDefault("content-length", "0"))]);
                String transport = headers.get("transport");
                if (transport != null) {
                    transports.add(transport);
                }
                answer(socket.getOutputStream(), headers.get("cseq"), transport);
                if (request.startsWith("TEARDOWN")) {
                    break;
                }
            }
            return new RtspServer(transports, packets);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> headers(DataInputStream in) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String[] parts = line.split(":", 2);
            headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
        }
        return headers;
    }

    private static String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (byte next = in.readByte(); next != '\n'; next = in.readByte()) {
            line.append((char) next);
        }
        return line.toString().strip();
    }

    private static void answer(OutputStream out, @Nullable String number, @Nullable String transport)
            throws IOException {
        String said = "RTSP/1.0 200 OK\r\nCSeq: " + number + "\r\nSession: 1\r\n"
                + (transport == null ? "" : "Transport: " + transport + "\r\n") + "\r\n";
        out.write(said.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }
}
