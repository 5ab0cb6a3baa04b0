package io.upflux.server.job;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Arguments for Java in a file. ONNX Runtime crashes in a process whose command line has more than 4096 bytes, as class paths
 * and names have together; and other users of the machine see command lines, in which a source may have a password.
 */
final class ArgumentFile {
    private ArgumentFile() {}

    /** @return what stands for them on the command line */
    static String write(Path file, List<String> arguments) throws IOException {
        String text = arguments.stream().map(ArgumentFile::quoted).collect(Collectors.joining("\n", "", "\n"));
        // As Java reads a command line.
        String encoding = System.getProperty("native.encoding");
        Charset charset = encoding == null ? StandardCharsets.UTF_8 : Charset.forName(encoding);
        create(file);
        Files.writeString(file, text, charset);
        return "@" + file;
    }

    /** For its owner alone, where systems know owners. */
    private static void create(Path file) throws IOException {
        Files.deleteIfExists(file);
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
    }

    private static String quoted(String argument) {
        return '"'
                + argument.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                        .replace("\t", "\\t")
                        .replace("\f", "\\f")
                + '"';
    }
}
