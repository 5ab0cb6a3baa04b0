package io.upflux.codecs.input;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.ColourTags;
import io.upflux.codecs.ffmpeg.DisplayMatrix;
import io.upflux.codecs.ffmpeg.PixelFormats;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.ColourSpec.Range;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/**
 * Makes frames of one size and layout out of what a decoder gives: planar, progressive, turned where asked. Frames that
 * are so already pass through untouched. One thread at a time.
 */
final class PictureShaper implements AutoCloseable {
    /** bwdif refuses smaller pictures. */
    private static final int MIN_WIDTH_TO_DEINTERLACE = 3;

    private static final int MIN_HEIGHT_TO_DEINTERLACE = 4;

    private final String name;
    private final Notices notices;
    private final AVCodecParameters parameters;
    private final Rational timeBase;
    private final boolean deinterlace;
    private final boolean rotatePixels;
    private final boolean still;
    private final Deque<AVFrame> ready = new ArrayDeque<>();
    private @Nullable FilterChain filters;
    private @Nullable Orientation orientation;
    private @Nullable PictureShape current;
    private @Nullable PictureShape emitted;
    private boolean deinterlacing;
    private boolean saidFields;
    /** {@code AVChromaLocation} of what leaves the filters, which forget it when they convert. */
    private int siting;

    PictureShaper(String name, Notices notices, AVCodecParameters parameters, Rational timeBase, InputOptions options) {
        this.name = name;
        this.notices = notices;
        this.parameters = parameters;
        this.timeBase = timeBase;
        this.deinterlace = options.deinterlace();
        this.rotatePixels = options.rotatePixels();
        this.still = StillCodecs.holds(parameters.codec_id());
    }

    /** Frames that can be taken. */
    Deque<AVFrame> ready() {
        return ready;
    }

    /** How players must still turn the pictures; known with the first frame. */
    DisplayMatrix turnLeft() {
        Orientation known = orientation;
        return known == null || (rotatePixels && !known.filters().isEmpty()) ? DisplayMatrix.IDENTITY : known.matrix();
    }

    /** Takes the reference that {@code frame} holds; none or several frames become ready. */
    void push(AVFrame frame) {
        PixelFormats.nameRange(frame, still);
        PictureShape now = PictureShape.of(frame);
        PictureShape before = current;
        boolean changed = before != null && !now.matches(before);
        if (before == null || changed) {
            current = now;
        }
        if (changed) {
            notices.warning(String.format(
                    Locale.ROOT,
                    "%s: the picture changes from %s to %s at %.3f s; it is fitted to the format it began with",
                    name,
                    before,
                    now,
                    timeBase.seconds(frame.pts())));
        }
        if (orientation == null) {
            orientation = Orientation.of(frame, parameters);
            sayWhatCannotBeTurned();
        }
        boolean fields = isInterlaced(frame);
        if (changed || (fields && !deinterlacing) || (filters == null && needsFilters(frame))) {
            finish();
            sayWhetherDeinterlacing(fields);
            deinterlacing |= fields;
            siting = turned(frame.chroma_location());
            filters = new FilterChain(frame, timeBase, chain(frame, now), name);
        }
        FilterChain chain = filters;
        if (chain == null) {
            AVFrame own = Av.allocated(avutil.av_frame_alloc(), name);
            avutil.av_frame_move_ref(own, frame);
            emit(own);
        } else {
            chain.send(frame, name);
            collect(chain);
        }
    }

    /** No more frames of this kind: what the filters hold back becomes ready. */
    void finish() {
        FilterChain chain = filters;
        if (chain != null) {
            chain.send(null, name);
            collect(chain);
            chain.close();
            filters = null;
        }
    }

    /** Whether frames depend on the ones before and after. */
    boolean looksAround() {
        return deinterlacing;
    }

    /** Forgets the frames so far, but not what frames are made like: the next ones do not follow them. */
    void restart() {
        close();
        deinterlacing = false;
    }

    /** Gives up frames that are ready and lie outside [from, to). */
    void dropOutside(long from, long to) {
        for (Iterator<AVFrame> frames = ready.iterator(); frames.hasNext(); ) {
            AVFrame frame = frames.next();
            if (frame.pts() < from || frame.pts() >= to) {
                frames.remove();
                avutil.av_frame_free(frame);
            }
        }
    }

    private boolean isInterlaced(AVFrame frame) {
        return deinterlace
                && (frame.flags() & AVFrame.AV_FRAME_FLAG_INTERLACED) != 0
                && frame.width() >= MIN_WIDTH_TO_DEINTERLACE
                && frame.height() >= MIN_HEIGHT_TO_DEINTERLACE;
    }

    private boolean needsFilters(AVFrame frame) {
        return PixelFormats.layout(frame.format()).isEmpty()
                || isUpsideDown(frame)
                || !turning().isEmpty();
    }

    private List<String> chain(AVFrame frame, PictureShape shape) {
        List<String> chain = new ArrayList<>();
        if (isUpsideDown(frame)) {
            chain.add("copy");
        }
        if (deinterlacing) {
            chain.add("bwdif=mode=send_frame:deint=interlaced");
        }
        PixelLayout layout = PixelFormats.nearest(frame.format(), still);
        int format = PixelFormats.format(layout)
                .orElseThrow(() -> new StreamException(name + ": cannot read " + shape + " pictures"));
        // Turning by 90 degrees would swap the directions of chroma subsampling; without any there is no loss.
        boolean skewed = layout.chromaShiftX() != layout.chromaShiftY();
        if (skewed && turning().stream().anyMatch(filter -> filter.startsWith("transpose"))) {
            format = PixelFormats.format(new PixelLayout(layout.family(), layout.depth(), 0, 0, layout.alpha()))
                    .orElse(format);
        }
        PictureShape target = emitted;
        // Explicit, since an inserted scaler would round to save time.
        String scale = "scale=flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp";
        if (target == null) {
            if (format != frame.format()) {
                chain.add(scale);
            }
            chain.add("format=pix_fmts=" + PixelFormats.name(format));
            chain.addAll(turning());
        } else {
            chain.addAll(turning());
            chain.add(scale + ":w=" + target.width() + ":h=" + target.height()
                    + conversion(ColourTags.of(frame), shape, target));
            chain.add("format=pix_fmts=" + PixelFormats.name(target.format()));
        }
        return chain;
    }

    /** A change of matrix or range in mid-stream, undone; where either side states none there is nothing to undo. */
    private static String conversion(ColourSpec colour, PictureShape from, PictureShape to) {
        StringBuilder options = new StringBuilder();
        if (from.range() != to.range()) {
            options.append(":in_range=")
                    .append(rangeName(from))
                    .append(":out_range=")
                    .append(rangeName(to));
        }
        if (colour.matrix() != ColourSpec.MATRIX_RGB && from.matrix() != to.matrix()) {
            options.append(":in_color_matrix=").append(from.effectiveMatrix());
            options.append(":out_color_matrix=").append(to.effectiveMatrix());
        }
        return options.toString();
    }

    private static String rangeName(PictureShape shape) {
        return shape.range() == Range.FULL ? "pc" : "tv";
    }

    private int turned(int location) {
        Orientation known = orientation;
        return turning().isEmpty() || known == null ? location : known.turned(location);
    }

    private List<String> turning() {
        Orientation known = orientation;
        return rotatePixels && known != null ? known.filters() : List.of();
    }

    private void sayWhetherDeinterlacing(boolean fields) {
        if (fields && !saidFields) {
            saidFields = true;
            notices.info(name + ": interlaced; each pair of fields becomes one whole picture");
        }
    }

    private void sayWhatCannotBeTurned() {
        Orientation known = orientation;
        if (rotatePixels
                && known != null
                && known.degrees() != 0
                && known.filters().isEmpty()) {
            notices.warning(name + ": turning by " + known.degrees() + " degrees is left to the player");
        }
    }

    private static boolean isUpsideDown(AVFrame frame) {
        for (int i = 0; i < AVFrame.AV_NUM_DATA_POINTERS; i++) {
            if (frame.linesize(i) < 0) {
                return true;
            }
        }
        return false;
    }

    private void collect(FilterChain chain) {
        while (true) {
            AVFrame filtered = Av.allocated(avutil.av_frame_alloc(), name);
            boolean received;
            try {
                received = chain.receive(filtered, name);
            } catch (RuntimeException e) {
                avutil.av_frame_free(filtered);
                throw e;
            }
            if (!received) {
                avutil.av_frame_free(filtered);
                return;
            }
            filtered.chroma_location(siting);
            emit(filtered);
        }
    }

    private void emit(AVFrame frame) {
        if (emitted == null) {
            emitted = PictureShape.of(frame);
        }
        ready.add(frame);
    }

    @Override
    public void close() {
        for (AVFrame frame = ready.poll(); frame != null; frame = ready.poll()) {
            avutil.av_frame_free(frame);
        }
        FilterChain chain = filters;
        if (chain != null) {
            chain.close();
            filters = null;
        }
    }
}
