package io.upflux.benchmarks.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;

/**
 * A process that tries damaged files, one seed a line of its standard input. To each it answers a line: the bytes that it
 * has in memory, how far a network came, and what was wrong, with spaces between. It ends with its input.
 */
final class Worker {
    private Worker() {}

    /** @param arguments a folder for itself, and the list of the corpus */
    public static void main(String[] arguments) throws IOException {
        Trial trial = new Trial(Corpus.of(Path.of(arguments[1])), Files.createDirectories(Path.of(arguments[0])));
        BufferedReader seeds = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String seed = seeds.readLine(); seed != null; seed = seeds.readLine()) {
            String found = trial.of(Long.parseLong(seed));
            System.out.println(Pointer.physicalBytes() + " " + trial.reach() + " " + found);
            System.out.flush();
        }
        // Threads that were given up on would keep it alive.
        System.exit(0);
    }
}
