package io.upflux.codecs.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Local files under {@code counted:PATH}: counts what is read and open, and fails on demand. */
public final class CountedStorage implements Storage {
    static final AtomicLong READ = new AtomicLong();
    static final AtomicInteger OPEN = new AtomicInteger();

    /** Reading from here on fails. */
    static volatile long badFrom = Long.MAX_VALUE;

    private static final String SCHEME = "counted:";

    @Override
    public boolean holds(String url) {
        return url.startsWith(SCHEME);
    }

    @Override
    public SeekableByteChannel open(String url) throws IOException {
        Path path = Path.of(url.substring(SCHEME.length()));
        if (!Files.exists(path)) {
            throw new IOException("no such file in this storage");
        }
        OPEN.incrementAndGet();
        return new Counted(FileChannel.open(path));
    }

    private record Counted(FileChannel file) implements SeekableByteChannel {
        @Override
        public int read(ByteBuffer target) throws IOException {
            if (file.position() >= badFrom) {
                throw new IOException("the storage has lost a block");
            }
            int read = file.read(target);
            READ.addAndGet(Math.max(0, read));
            return read;
        }

        @Override
        public int write(ByteBuffer source) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long position() throws IOException {
            return file.position();
        }

        @Override
        public SeekableByteChannel position(long position) throws IOException {
            file.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public SeekableByteChannel truncate(long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isOpen() {
            return file.isOpen();
        }

        @Override
        public void close() throws IOException {
            if (file.isOpen()) {
                OPEN.decrementAndGet();
            }
            file.close();
        }
    }
}
