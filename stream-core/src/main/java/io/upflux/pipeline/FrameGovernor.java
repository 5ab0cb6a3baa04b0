package io.upflux.pipeline;

import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.SuperResolver.Stroke;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides, frame by frame, which of several resolvers makes it, how much may be overlooked for that, and whether it is
 * made at all. What keeps a live stream in time; a file has no use for it.
 */
public interface FrameGovernor {
    /**
     * How a frame is made.
     *
     * @param resolver one of {@link #resolvers}
     * @param tolerance how many times the usual difference counts as small where frames are reused nearly; 1 or more
     * @param deadline when the frame must be there, as of a {@link Stroke}
     */
    record Turn(SuperResolver resolver, double tolerance, long deadline) {
        /** Of a frame that nobody waits for. */
        public Turn(SuperResolver resolver, double tolerance) {
            this(resolver, tolerance, Stroke.NO_DEADLINE);
        }
    }

    /** All that it chooses among, each once, of one scale. Not closed by the pipeline. */
    List<SuperResolver> resolvers();

    /**
     * Asked for each frame, in order, on the thread that decodes, before anything of it is planned.
     *
     * @param frame borrowed
     * @return null when it shall be thrown away
     */
    @Nullable
    Turn next(VideoFrame frame);

    /** Inference begins with what is to be computed of a frame; more than once for a frame of many tiles. */
    void inferring(VideoFrame frame);

    /** What {@link #inferring} has announced is computed. */
    void inferred(VideoFrame frame);

    /** The oldest frame that was let pass and not written is written now. On the sink's thread. */
    void written();

    /** One that always takes the same resolver, and listens to nothing. */
    static FrameGovernor always(SuperResolver resolver) {
        Turn turn = new Turn(resolver, 1);
        return new FrameGovernor() {
            @Override
            public List<SuperResolver> resolvers() {
                return List.of(resolver);
            }

            @Override
            public Turn next(VideoFrame frame) {
                return turn;
            }

            @Override
            public void inferring(VideoFrame frame) {}

            @Override
            public void inferred(VideoFrame frame) {}

            @Override
            public void written() {}
        };
    }
}
