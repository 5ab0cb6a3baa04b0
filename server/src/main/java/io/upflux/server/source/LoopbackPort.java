package io.upflux.server.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A port of this machine's own address at which FFmpeg is served, each connection on threads of its own. */
final class LoopbackPort implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoopbackPort.class);
    private static final int BACKLOG = 50;

    private final ServerSocket listener;
    private final ExecutorService threads;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** What is done for a connection; it is closed afterwards. */
    interface Service {
        void serve(Socket client) throws IOException;
    }

    LoopbackPort(String name, Service service) {
        try {
            listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
        threads.execute(() -> accept(service));
    }

    int port() {
        return listener.getLocalPort();
    }

    InetAddress address() {
        return listener.getInetAddress();
    }

    /** Carries bytes both ways until one side ends. */
    void join(Socket client, Socket server, Filter toServer, Filter toClient) {
        track(server);
        threads.execute(() -> carry(client, server, toServer));
        carry(server, client, toClient);
    }

    /** Sees what passes; throws to end the connection before it does. */
    interface Filter {
        Filter NONE = (bytes, count) -> {};

        void pass(byte[] bytes, int count) throws IOException;
    }

    /** Closed with this port, if not before. */
    void track(Socket socket) {
        open.add(socket);
        if (closed) {
            closeQuietly(socket);
        }
    }

    void closeQuietly(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("closing", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
        } catch (IOException e) {
            LOG.debug("closing", e);
        }
        open.forEach(this::closeQuietly);
        threads.shutdown();
    }

    private void accept(Service service) {
        while (!closed) {
            try {
                Socket client = listener.accept();
                track(client);
                threads.execute(() -> serve(service, client));
            } catch (IOException | java.util.concurrent.RejectedExecutionException e) {
                LOG.debug("accepting", e);
            }
        }
    }

    private void serve(Service service, Socket client) {
        try {
            service.serve(client);
        } catch (IOException e) {
            LOG.debug("a source's connection ended", e);
        } finally {
            closeQuietly(client);
        }
    }

    private void carry(Socket from, Socket to, Filter filter) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] bytes = new byte[16 << 10];
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                filter.pass(bytes, count);
                out.write(bytes, 0, count);
            }
        } catch (IOException e) {
            LOG.debug("a source's connection ended", e);
        } finally {
            closeQuietly(from);
            closeQuietly(to);
        }
    }
}
