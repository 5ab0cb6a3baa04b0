package io.upflux.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SeekableByteChannel;
import org.apache.hadoop.fs.FSDataInputStream;

/** A Hadoop stream as a channel. One thread, except {@link #close}. */
final class HadoopChannel implements SeekableByteChannel {
    private final FSDataInputStream stream;
    private final long size;
    private byte[] buffer = {};
    private long position;
    private volatile boolean closed;

    HadoopChannel(FSDataInputStream stream, long size) {
        this.stream = stream;
        this.size = size;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (position >= size) {
            return -1;
        }
        int wanted = target.remaining();
        if (buffer.length < wanted) {
            // Not every stream reads into direct memory.
            buffer = new byte[wanted];
        }
        try {
            if (stream.getPos() != position) {
                stream.seek(position);
                HadoopStorage.LEAPS.increment();
            }
            int read = stream.read(buffer, 0, wanted);
            if (read > 0) {
                target.put(buffer, 0, read);
                position += read;
                HadoopStorage.BYTES.add(read);
            }
            return read;
        } catch (IOException e) {
            if (closed) {
                throw new ClosedChannelException();
            }
            throw new IOException(Stores.reason(e), e);
        }
    }

    @Override
    public long position() {
        return position;
    }

    /** Asks nothing of the store before the next {@link #read}. */
    @Override
    public SeekableByteChannel position(long newPosition) {
        position = newPosition;
        return this;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            stream.close();
        }
    }

    @Override
    public int write(ByteBuffer source) {
        throw new UnsupportedOperationException("reads only");
    }

    @Override
    public SeekableByteChannel truncate(long newSize) {
        throw new UnsupportedOperationException("reads only");
    }
}
