package io.upflux.server.job;

/**
 * How far a job is.
 *
 * @param frames finished
 * @param total expected, 0 while unknown
 * @param fps over the last seconds, 0 while unknown
 */
public record JobProgress(long frames, long total, double fps) {
    static final JobProgress NONE = new JobProgress(0, 0, 0);

    /** Negative while unknown. */
    public double secondsLeft() {
        return total == 0 || fps <= 0 ? -1 : (total - frames) / fps;
    }
}
