package io.upflux.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.server.cli.ProgressMeter.Display;
import io.upflux.server.cli.ProgressMeter.Reading;
import java.util.Locale;

/** The ways progress is shown: a bar on a terminal, a plain line now and then elsewhere, JSON for programs. */
final class ProgressDisplays {
    private static final int BAR_WIDTH = 16;

    private ProgressDisplays() {}

    /** One line, redrawn. */
    static Display bar(Console console, String label) {
        return new Display() {
            @Override
            public void show(Reading reading) {
                console.status(label + bar(reading) + text(reading));
            }

            @Override
            public void end() {
                console.clearStatus();
            }
        };
    }

    /** A line each time but the last, after which there is more to say than that all is done. */
    static Display lines(Console console, String label) {
        return reading -> {
            if (reading.share() < 1) {
                console.say(label + text(reading));
            }
        };
    }

    /** A {@code progress} event each time. */
    static Display json(JsonLines json, ObjectNode labels) {
        return reading -> {
            ObjectNode event = JsonLines.event("progress");
            event.setAll(labels);
            event.put("frame", reading.frames());
            if (reading.total() == 0) {
                event.putNull("frames");
            } else {
                event.put("frames", reading.total());
            }
            event.put("fps", JsonLines.round(reading.fps(), 2));
            if (reading.secondsLeft() < 0) {
                event.putNull("etaSeconds");
            } else {
                event.put("etaSeconds", JsonLines.round(reading.secondsLeft(), 1));
            }
            json.write(event);
        };
    }

    private static String bar(Reading reading) {
        if (reading.share() < 0) {
            return "";
        }
        int full = (int) Math.round(reading.share() * BAR_WIDTH);
        return "[" + "#".repeat(full) + ".".repeat(BAR_WIDTH - full) + "] ";
    }

    private static String text(Reading reading) {
        StringBuilder line = new StringBuilder();
        if (reading.share() >= 0) {
            line.append(String.format(
                    Locale.ROOT, "%3d%% %d/%d", (int) (reading.share() * 100), reading.frames(), reading.total()));
        } else {
            line.append(reading.frames()).append(" frames");
        }
        if (reading.fps() > 0) {
            line.append(String.format(Locale.ROOT, "  %.1f fps", reading.fps()));
        }
        if (reading.secondsLeft() >= 0) {
            line.append("  ").append(Clock.hms(reading.secondsLeft())).append(" left");
        }
        return line.toString();
    }
}
