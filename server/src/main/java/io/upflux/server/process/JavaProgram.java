package io.upflux.server.process;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The Java of this process, its class path and options, for another process of this program with memory of its own. */
public final class JavaProgram {
    /** Options of this process that are its own affair. */
    private static final Pattern OWN =
            Pattern.compile("-(Xm[snx]|agent|javaagent|Xrun|Dupflux\\.terminal|Dcom\\.sun\\.m"
                    + "|XX:(ActiveProcessorCount|ErrorFile|MaxRAM|InitialRAM|.*HeapDump)).*");

    private JavaProgram() {}

    /** Where Java lies. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /**
     * Options for it.
     *
     * @param heapBytes most heap
     * @param more further options for the JVM
     * @param main name of the class to run
     */
    public static List<String> options(long heapBytes, List<String> more, String main) {
        List<String> options = new ArrayList<>();
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !OWN.matcher(argument).matches())
                .forEach(options::add);
        options.addAll(List.of("-Xmx" + heapBytes / 1024 + "k", "-XX:+ExitOnOutOfMemoryError"));
        options.addAll(more);
        options.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        return options;
    }

    /** Takes the settings of this server, which may be secret, out of an environment. */
    public static void withoutSettings(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith("UPFLUX_") && !name.equals("UPFLUX_MODELS"));
    }
}
