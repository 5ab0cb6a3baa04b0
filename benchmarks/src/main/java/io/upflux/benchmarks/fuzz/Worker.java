package io.upflux.benchmarks.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.javacpp.Pointer;

/**
 * A process that tries damaged files, one seed a line of its standard input. To each it answers a line: the bytes that it
 * has in memory, a space, and what was wrong. It ends with its input.
 */
final class Worker {
    private Worker() {}

    /** @param arguments a folder for itself, and the files of the corpus */
    public static void main(String[] arguments) throws IOException {
        Corpus corpus =
                new Corpus(Arrays.stream(arguments).skip(1).map(Path::of).toList());
        Trial trial = new Trial(corpus, Files.createDirectories(Path.of(arguments[0])));
        BufferedReader seeds = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String seed = seeds.readLine(); seed != null; seed = seeds.readLine()) {
            String found = trial.of(Long.parseLong(seed));
            System.out.println(Pointer.physicalBytes() + " " + found);
            System.out.flush();
        }
        // Threads that were given up on would keep it alive.
        System.exit(0);
    }
}
