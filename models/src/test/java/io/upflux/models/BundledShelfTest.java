package io.upflux.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.models.onnx.TestModels;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundledShelfTest {
    private static final String CLASS = Device.class.getName().replace('.', '/') + ".class";
    private static final String PACKAGE = "io/upflux/models/";

    @TempDir
    private Path folder;

    @Test
    void listsModelsInAFolder() throws Exception {
        Path classes = folder.resolve("classes");
        Path here = Files.createDirectories(classes.resolve(PACKAGE));
        Files.write(classes.resolve(CLASS), classBytes());
        Files.write(here.resolve("b-x2.onnx"), TestModels.nearest(2).build());
        Files.write(here.resolve("b-x2.body.onnx"), TestModels.nearest(2).build());
        Files.write(here.resolve("a-x3.onnx"), TestModels.nearest(3).build());
        Files.writeString(here.resolve("note.txt"), "no model");

        lists(classes.toUri().toURL());
    }

    @Test
    void listsModelsInAJar() throws Exception {
        Path jar = folder.resolve("models.jar");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            entry(out, CLASS, classBytes());
            entry(out, PACKAGE + "b-x2.onnx", TestModels.nearest(2).build());
            entry(out, PACKAGE + "b-x2.halting.onnx", TestModels.nearest(2).build());
            entry(out, PACKAGE + "a-x3.onnx", TestModels.nearest(3).build());
            entry(out, PACKAGE + "onnx/hidden-x2.onnx", TestModels.nearest(2).build());
            entry(out, "elsewhere/other-x2.onnx", TestModels.nearest(2).build());
        }

        lists(jar.toUri().toURL());
    }

    private static void lists(URL place) throws Exception {
        try (URLClassLoader loader = new URLClassLoader(new URL[] {place}, null)) {
            BundledShelf shelf = new BundledShelf(Class.forName(Device.class.getName(), false, loader));
            assertThat(shelf.names()).isEqualTo(List.of("a-x3", "b-x2"));
            assertThat(shelf.open("b-x2").main().parameters()).isZero();
        }
    }

    private static void entry(ZipOutputStream out, String name, byte[] content) throws IOException {
        out.putNextEntry(new ZipEntry(name));
        out.write(content);
        out.closeEntry();
    }

    private static byte[] classBytes() throws IOException {
        try (InputStream in = Device.class.getResourceAsStream("Device.class")) {
            return in.readAllBytes();
        }
    }
}
