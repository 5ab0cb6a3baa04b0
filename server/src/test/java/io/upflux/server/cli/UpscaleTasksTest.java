package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class UpscaleTasksTest {
    private final Streams streams = new Streams();

    @TempDir
    private Path folder;

    @Test
    void oneFileIntoOneFile() throws IOException {
        Path clip = file("clip.avi");
        assertThat(plan(folder.resolve("out.mp4"), clip))
                .containsExactly(new UpscaleTask(
                        clip.toString(), folder.resolve("out.mp4").toString()));
    }

    @Test
    void oneFileIntoAFolderThatExistsOrEndsWithASlash() throws IOException {
        Path clip = file("clip.mp4");
        Path existing = Files.createDirectory(folder.resolve("existing"));
        assertThat(plan(existing, clip))
                .extracting(UpscaleTask::output)
                .containsExactly(existing.resolve("clip.mp4").toString());
        assertThat(UpscaleTasks.plan(List.of(clip.toString()), folder + "/new/", options(), notices()))
                .extracting(task -> Path.of(task.output()))
                .containsExactly(folder.resolve("new/clip.mp4"));
        assertThat(folder.resolve("new")).isDirectory();
    }

    @Test
    void aFolderGivesItsMediaFilesSorted() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        for (String name : List.of("b.MP4", "a.mkv", "photo.jpg", "notes.txt", ".hidden.mp4")) {
            Files.createFile(in.resolve(name));
        }
        Files.createDirectory(in.resolve("inner.mp4"));
        assertThat(plan(folder.resolve("out"), in))
                .extracting(UpscaleTask::title)
                .containsExactly("a.mkv", "b.MP4", "photo.jpg");
    }

    @Test
    void whatCannotBeWrittenBecomesMatroskaAndIsSaid() throws IOException {
        Path avi = file("clip.avi");
        Path mkv = file("clip.mkv");
        Path bare = file("film");
        Path map = file("map.pgm");
        assertThat(plan(folder.resolve("out"), mkv, avi, bare, map))
                .extracting(task -> String.valueOf(Path.of(task.output()).getFileName()))
                .containsExactly("clip.mkv", "clip.avi.mkv", "film.mkv", "map.png");
        assertThat(streams.err())
                .contains("note: clip.avi: becomes clip.avi.mkv (--container EXTENSION chooses another)")
                .doesNotContain("note: clip.mkv");
    }

    @Test
    void numberedPicturesStayNumberedAndAPictureThatIsNamedLikeThemStaysOne() throws IOException {
        Path named = file("50%d off.png");
        Path numbered = folder.resolve("shot%03d.png");
        assertThat(plan(folder.resolve("out"), named, numbered))
                .extracting(task -> String.valueOf(Path.of(task.output()).getFileName()))
                .containsExactly("50_d off.png", "shot%03d.png");
        assertThat(streams.err())
                .contains(
                        "note: 50%d off.png: becomes 50_d off.png (in the name of an output, % makes a place for numbers)");
    }

    @Test
    void aUrlKeepsTheNameInIt() {
        assertThat(UpscaleTasks.plan(
                        List.of("https://host/a/clip.mp4?key=/1"), folder.toString(), options(), notices()))
                .extracting(UpscaleTask::output)
                .containsExactly(folder.resolve("clip.mp4").toString());
    }

    @Test
    void aColonMakesNoUrl() {
        assertThat(UpscaleTask.isUrl("rtsp://camera/stream")).isTrue();
        assertThat(UpscaleTask.isUrl("Blade: Trinity.mp4")).isFalse();
        assertThat(UpscaleTask.isUrl("C:\\clips\\a.mp4")).isFalse();
    }

    @Test
    void twoInputsNeverShareAnOutput() throws IOException {
        Path one = file("one/clip.mp4");
        Path two = file("two/clip.mp4");
        assertThatThrownBy(() -> plan(folder.resolve("out"), one, two))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(one.toString())
                .hasMessageContaining(two.toString());
    }

    @Test
    void severalInputsNeedAFolder() throws IOException {
        Path one = file("one.mp4");
        Path two = file("two.mp4");
        Path existing = file("out.mp4");
        assertThatThrownBy(() -> plan(existing, one, two))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("need a folder");
    }

    @Test
    void anEmptyFolderIsAnError() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> plan(folder.resolve("out"), empty))
                .isInstanceOf(StreamException.class)
                .hasMessage(empty + ": no video or picture in this folder");
    }

    @Test
    void whatKeepsItsNameComesFirstInAFolder() throws IOException {
        Path in = folder.resolve("in");
        file("in/clip.avi");
        file("in/clip.mkv");
        assertThat(plan(folder.resolve("out"), in))
                .extracting(task -> lastTwo(task.input()), task -> lastTwo(task.output()))
                .containsExactly(tuple("in/clip.avi", "out/clip.avi.mkv"), tuple("in/clip.mkv", "out/clip.mkv"));
    }

    @Test
    void foldersInsideAreReadOnRequestAndHaveTheirLikes() throws IOException {
        Path in = folder.resolve("in");
        file("in/b.mp4");
        file("in/a/b.mp4");
        file("in/a/c/d.avi");
        file("in/.cache/e.mp4");
        file("in/a/notes.txt");
        Path out = in.resolve("out");
        file("in/out/b.mp4");
        assertThat(plan(options("--recursive"), out, in))
                .extracting(task -> out.relativize(Path.of(task.output())).toString())
                .containsExactly("a/b.mp4", "a/c/d.mkv", "b.mp4");
        assertThat(out.resolve("a/c")).isDirectory();
        assertThat(plan(options(), out, in)).hasSize(1);
        assertThat(plan(options("--recursive"), out, in))
                .extracting(UpscaleTask::title, UpscaleTask::stem)
                .containsExactly(tuple("a/b.mp4", "a/b"), tuple("a/c/d.avi", "a/c/d"), tuple("b.mp4", "b"));

        Path nothing = folder.resolve("nothing");
        Files.createDirectories(nothing.resolve("inside"));
        assertThatThrownBy(() -> plan(options("--recursive"), out, nothing))
                .isInstanceOf(StreamException.class)
                .hasMessage(nothing + ": no video or picture in this folder and those inside");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--recursive"})
    void outputsMayGoToAFolderAroundTheInputsAndInputsMayBeALink(String recursive) throws IOException {
        Path in = folder.resolve("in");
        Path clip = file("in/clip.mp4");
        FolderOptions options = recursive.isEmpty() ? options() : options(recursive);
        assertThat(plan(options, folder, in))
                .extracting(UpscaleTask::output)
                .containsExactly(folder.resolve("clip.mp4").toString());
        assertThat(plan(options, in, in))
                .extracting(UpscaleTask::output)
                .as("which is refused when it is opened")
                .containsExactly(clip.toString());
        Path link = Files.createSymbolicLink(folder.resolve("link"), in);
        Path out = folder.resolve("out");
        assertThat(plan(options, out, link))
                .extracting(UpscaleTask::input, UpscaleTask::output)
                .containsExactly(tuple(
                        link.resolve("clip.mp4").toString(),
                        out.resolve("clip.mp4").toString()));
    }

    @Test
    void linksInsideAreNotFollowedAndOutputsThereAreKnownBehindLinks() throws IOException {
        Path in = folder.resolve("in");
        file("in/clip.mp4");
        file("in/out/clip.mp4");
        Files.createSymbolicLink(in.resolve("again"), in);
        Files.createSymbolicLink(in.resolve("other.mp4"), in.resolve("clip.mp4"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), in);
        assertThat(plan(options("--recursive"), link.resolve("out"), in))
                .extracting(UpscaleTask::title)
                .containsExactly("clip.mp4", "other.mp4");
    }

    @Test
    void videosGetTheContainerThatIsAskedFor() throws IOException {
        Path in = folder.resolve("in");
        for (String name : List.of("a.mp4", "b.avi", "c.mkv", "d.gif", "e.JPG", "f.pgm", "a.flv")) {
            file("in/" + name);
        }
        assertThat(plan(options("--container", ".MKV"), folder.resolve("out"), in))
                .extracting(task -> Path.of(task.output()).getFileName().toString())
                .containsExactly("a.mkv", "a.mp4.mkv", "b.mkv", "c.mkv", "d.mkv", "e.JPG", "f.png");
        assertThat(streams.err()).isEqualTo("note: f.pgm: becomes f.png\n");
        Path one = file("one.mp4");
        assertThatThrownBy(() -> plan(options("--container", "mkv"), folder.resolve("one.webm"), one))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--container is for a folder as output; name the file as you want it");
    }

    private static FolderOptions options(String... arguments) {
        return CommandLine.populateCommand(new FolderOptions(), arguments);
    }

    private static String lastTwo(String path) {
        Path whole = Path.of(path);
        return whole.subpath(whole.getNameCount() - 2, whole.getNameCount()).toString();
    }

    private List<UpscaleTask> plan(Path output, Path... inputs) {
        return plan(options(), output, inputs);
    }

    private List<UpscaleTask> plan(FolderOptions options, Path output, Path... inputs) {
        List<String> names = List.of(inputs).stream().map(Path::toString).toList();
        return UpscaleTasks.plan(names, output.toString(), options, notices());
    }

    private CollectedNotices notices() {
        return new CollectedNotices(streams.console(false));
    }

    private Path file(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.createFile(file);
    }
}
