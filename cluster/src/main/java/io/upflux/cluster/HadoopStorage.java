package io.upflux.cluster;

import io.upflux.codecs.storage.Storage;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.OpenFileOptions;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.functional.FutureIO;

/** Files of Hadoop's file systems, for decoders. */
public final class HadoopStorage implements Storage {
    /** Read by FFmpeg itself, although Hadoop knows them, too. */
    private static final Set<String> NOT_OURS = Set.of("file", "http", "https", "ftp", "data");

    static final LongAdder BYTES = new LongAdder();
    static final LongAdder LEAPS = new LongAdder();

    private static volatile Configuration configuration = new Configuration();

    /** Made by the service loader. */
    public HadoopStorage() {}

    /** What is known of file systems in this process, from now on. */
    static void configure(Configuration known) {
        configuration = known;
    }

    @Override
    public boolean holds(String url) {
        int colon = url.indexOf(':');
        String scheme = url.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT);
        if (scheme.isEmpty() || NOT_OURS.contains(scheme)) {
            return false;
        }
        try {
            FileSystem.getFileSystemClass(scheme, configuration);
            return true;
        } catch (IOException unknown) {
            return false;
        }
    }

    @Override
    public SeekableByteChannel open(String url) throws IOException {
        try {
            Path path = new Path(url);
            FileSystem store = path.getFileSystem(configuration);
            FileStatus status = store.getFileStatus(path);
            if (status.isDirectory()) {
                throw new IOException("is a folder, not a media file");
            }
            return new HadoopChannel(
                    FutureIO.awaitFuture(store.openFile(path)
                            .withFileStatus(status)
                            .opt(
                                    OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY,
                                    OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY_ADAPTIVE)
                            .build()),
                    status.getLen());
        } catch (IOException e) {
            throw new IOException(Stores.reason(e), e);
        }
    }
}
