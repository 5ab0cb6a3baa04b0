package io.upflux.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.codecs.FfmpegPrograms;
import io.upflux.pipeline.StreamException;
import io.upflux.server.cli.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.PrivilegedExceptionAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** Hadoop's own file system, of a name node and a data node. */
class HdfsTest {
    private static final Duration RENEWED = Duration.ofSeconds(3);
    private static final String SOMEBODY = "somebody";

    @TempDir
    private static java.nio.file.Path folder;

    private static MiniDFSCluster cluster;
    private static FileSystem store;

    @BeforeAll
    static void start() throws IOException {
        Configuration conf = new Configuration();
        conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
        cluster = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
        cluster.waitActive();
        store = cluster.getFileSystem();
    }

    @AfterAll
    static void stop() throws IOException {
        store.close();
        cluster.shutdown();
    }

    /** From Java 22 on, threads begun within doAs are not the user's. */
    @Test
    @EnabledForJreRange(max = JRE.JAVA_21)
    void filmsComeFromThereAndGoThere() throws Exception {
        store.mkdirs(new Path("/films"));
        store.mkdirs(new Path("/made"));
        store.setPermission(new Path("/made"), FsPermission.createImmutable((short) 0777));
        java.nio.file.Path clip = clip();
        store.copyFromLocalFile(new Path(clip.toUri()), new Path("/films/clip.mkv"));
        store.copyFromLocalFile(new Path(clip.toUri()), new Path("/films/secret.mkv"));
        store.setPermission(new Path("/films/secret.mkv"), FsPermission.createImmutable((short) 0600));
        Files.copy(clip, folder.resolve("12:30.mkv"));
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        long before = HadoopStorage.BYTES.sum();
        int code = UserGroupInformation.createRemoteUser(SOMEBODY).doAs((PrivilegedExceptionAction<Integer>)
                () -> run(store.getUri().toString(), said));
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("failed   " + store.getUri() + "/films/secret.mkv: permission denied")
                .contains("failed   " + folder.resolve("12:30.mkv") + ": Pathname /made/.12:30.mkv.upflux/")
                .contains("failed   " + store.getUri() + "/films/12:30.mkv: Pathname /films/12:30.mkv from ")
                .contains("1 done, 0 there already, 3 failed");
        assertThat(code).isEqualTo(1);
        assertThat(HadoopStorage.BYTES.sum()).isGreaterThan(before);
        assertThat(files("/made")).containsExactly("/made/clip.mkv");
        store.copyToLocalFile(
                new Path("/made/clip.mkv"), new Path(folder.resolve("made.mkv").toUri()));
        assertThat(FfmpegPrograms.ffprobe(
                        "-v",
                        "error",
                        "-count_frames",
                        "-select_streams",
                        "v",
                        "-show_entries",
                        "stream=width,nb_read_frames",
                        "-of",
                        "csv=p=0",
                        folder.resolve("made.mkv").toString()))
                .startsWith("192,30");
    }

    @Test
    void aFolderThatMayNotBeWrittenIsSaidSo() throws Exception {
        Path made = store.makeQualified(new Path("/forbidden"));
        store.mkdirs(made);
        UserGroupInformation.createRemoteUser(SOMEBODY).doAs((PrivilegedExceptionAction<Void>) () -> {
            assertThatThrownBy(() -> OutputLock.take(made, "a job", new Configuration(), RENEWED))
                    .isInstanceOf(StreamException.class)
                    .hasMessage(made + ": cannot write here: permission denied");
            return null;
        });
    }

    @Test
    void ofManyThatTakeTheLockOneGetsIt() throws Exception {
        Path made = store.makeQualified(new Path("/locked"));
        int many = 8;
        ExecutorService threads = Executors.newFixedThreadPool(many);
        List<OutputLock> taken = new ArrayList<>();
        int refused = 0;
        Callable<OutputLock> taking = () -> OutputLock.take(made, "a job", new Configuration(), RENEWED);
        for (Future<OutputLock> done : threads.invokeAll(Collections.nCopies(many, taking))) {
            try {
                taken.add(done.get());
            } catch (ExecutionException e) {
                assertThat(e).hasMessageContaining("another job is writing here");
                refused++;
            }
        }
        threads.shutdown();
        assertThat(taken).hasSize(1);
        assertThat(refused).isEqualTo(many - 1);
        taken.get(0).close();
        assertThat(files("/locked")).isEmpty();
    }

    private int run(String root, ByteArrayOutputStream said) {
        PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        List<String> arguments = new ArrayList<>(List.of("run", root + "/films", "-o", root + "/made"));
        arguments.addAll(List.of(folder.resolve("12:30.mkv").toString(), root + "/films/12:30.mkv"));
        arguments.addAll(List.of("--device", "cpu", "--threads", "1", "--segment", "1s", "--video-codec", "mpeg4"));
        for (String property :
                List.of("spark.master=local[2]", "spark.ui.enabled=false", "spark.driver.host=localhost")) {
            arguments.addAll(List.of("--conf", property));
        }
        return Main.run(new Console(stream, stream, false), arguments.toArray(String[]::new));
    }

    private java.nio.file.Path clip() {
        java.nio.file.Path clip = folder.resolve("clip.mkv");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=96x64:rate=10:duration=3",
                "-c:v",
                "mpeg4",
                "-g",
                "5",
                clip.toString());
        return clip;
    }

    /** All there are below a folder, the hidden ones, too. */
    private List<String> files(String below) throws IOException {
        List<String> names = new ArrayList<>();
        RemoteIterator<LocatedFileStatus> all = store.listFiles(new Path(below), true);
        while (all.hasNext()) {
            names.add(all.next().getPath().toUri().getPath());
        }
        return names;
    }
}
