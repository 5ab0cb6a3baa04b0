package io.upflux.server.doctor;

import java.util.ArrayList;
import java.util.List;

/** All examinations, one after the other. */
public final class Doctor {
    private Doctor() {}

    /** Takes a few seconds: encoders are opened and models are run, since only that proves that they work. */
    public static List<Finding> examine() {
        List<Finding> findings = new ArrayList<>(Machine.examine());
        findings.addAll(Codecs.examine());
        findings.addAll(Gpus.ofThisMachine().examine());
        findings.addAll(Networks.examine());
        return findings;
    }
}
