package io.upflux.server.bench;

/** Memory in the steady state: looked at now and then, while the pipeline's threads still live. */
final class Steady {
    private static final int LONGEST_START = 30;
    private static final int LOOKS = 20;

    private final long from;
    private final long every;
    private long frames;
    private long allocatedBefore;
    private long allocated;
    private long framesBetween;
    private long resident;

    /** @param expected frames; a quarter of them, at most {@value #LONGEST_START}, count as starting up */
    Steady(long expected) {
        this.from = Math.max(1, Math.min(LONGEST_START, expected / 4));
        this.every = Math.max(1, expected / LOOKS);
    }

    void frame(long count) {
        frames = count;
        if (count == from) {
            allocatedBefore = Usage.allocated();
        } else if (count > from && count % every == 0) {
            allocated = Usage.allocated() - allocatedBefore;
            framesBetween = count - from;
            resident = Math.max(resident, Usage.resident());
        }
    }

    long frames() {
        return frames;
    }

    /** Bytes on the Java heap; 0 when there were too few frames to tell. */
    long allocatedPerFrame() {
        return framesBetween == 0 ? 0 : allocated / framesBetween;
    }

    /** The most seen, in bytes; 0 when unknown. */
    long resident() {
        return resident;
    }
}
