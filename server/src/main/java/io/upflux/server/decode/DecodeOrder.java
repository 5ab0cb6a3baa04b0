package io.upflux.server.decode;

import io.upflux.codecs.InputOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a decoding process is to read; over its standard input, since others can see command lines.
 *
 * @param name for messages
 * @param location what to open; null for what follows on standard input
 */
record DecodeOrder(String name, @Nullable String location, InputOptions options) implements Serializable {
    DecodeOrder {
        Objects.requireNonNull(name);
    }

    void write(OutputStream out) throws IOException {
        ObjectOutputStream objects = new ObjectOutputStream(out);
        objects.writeObject(this);
        objects.flush();
    }

    /** Of what follows nothing is read. */
    static DecodeOrder read(InputStream in) throws IOException {
        try {
            return (DecodeOrder) new ObjectInputStream(in).readObject();
        } catch (ClassNotFoundException e) {
            throw new IOException(e);
        }
    }
}
