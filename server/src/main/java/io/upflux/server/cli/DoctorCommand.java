package io.upflux.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.server.doctor.Doctor;
import io.upflux.server.doctor.Finding;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code upflux doctor}: what works here, problems first. */
@Command(
        name = "doctor",
        description = {
            "Look at this machine and say what works on it and what does not, problems first.",
            "Ends with exit code 1 if there is a problem."
        },
        sortOptions = false)
final class DoctorCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--json", description = "One JSON object a finding and one for all on standard output.")
    private boolean json;

    DoctorCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<Finding> findings = Doctor.examine().stream()
                .sorted(Comparator.comparing(Finding::problem).reversed())
                .toList();
        long problems = findings.stream().filter(Finding::problem).count();
        findings.forEach(finding -> console.say(
                String.format("%-8s %-10s %s", finding.problem() ? "PROBLEM" : "", finding.topic(), finding.text())));
        console.say(problems == 0 ? "No problems." : problems == 1 ? "1 problem." : problems + " problems.");
        if (json) {
            JsonLines lines = new JsonLines(console.out());
            findings.forEach(finding -> lines.write(tree(finding)));
            lines.write(JsonLines.event("result").put("problems", problems));
        }
        return problems == 0 ? 0 : 1;
    }

    private static ObjectNode tree(Finding finding) {
        return JsonLines.event("finding")
                .put("topic", finding.topic())
                .put("problem", finding.problem())
                .put("text", finding.text());
    }
}
