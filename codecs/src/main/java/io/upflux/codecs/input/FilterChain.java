package io.upflux.codecs.input;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.Rational;
import io.upflux.pipeline.StreamException;
import java.util.List;
import java.util.Locale;
import org.bytedeco.ffmpeg.avfilter.AVFilter;
import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avfilter;
import org.jspecify.annotations.Nullable;

/** A straight chain of FFmpeg's video filters for frames of one size and format. One thread at a time. */
final class FilterChain implements AutoCloseable {
    private final AVFilterGraph graph;
    private final AVFilterContext source;
    private final AVFilterContext sink;
    private final Rational timeBase;
    private boolean closed;

    /**
     * @param like a frame as all to come
     * @param timeBase of frames in and out
     * @param filters {@code name=arguments} each
     */
    FilterChain(AVFrame like, Rational timeBase, List<String> filters, String name) {
        this.timeBase = timeBase;
        graph = Av.allocated(avfilter.avfilter_graph_alloc(), name);
        try {
            graph.nb_threads(1);
            Rational aspect = Av.rational(like.sample_aspect_ratio());
            source = add(
                    "buffer",
                    String.format(
                            Locale.ROOT,
                            "video_size=%dx%d:pix_fmt=%d:time_base=%d/%d:pixel_aspect=%d/%d:colorspace=%d:range=%d",
                            like.width(),
                            like.height(),
                            like.format(),
                            timeBase.num(),
                            timeBase.den(),
                            aspect.num(),
                            aspect.den(),
                            like.colorspace(),
                            like.color_range()),
                    name);
            AVFilterContext last = source;
            for (String filter : filters) {
                String[] parts = filter.split("=", 2);
                AVFilterContext next = add(parts[0], parts.length > 1 ? parts[1] : null, name);
                Av.check(avfilter.avfilter_link(last, 0, next, 0), name + ": filter " + filter);
                last = next;
            }
            sink = add("buffersink", null, name);
            Av.check(avfilter.avfilter_link(last, 0, sink, 0), name);
            Av.check(avfilter.avfilter_graph_config(graph, null), name + ": filters " + filters);
        } catch (RuntimeException e) {
            avfilter.avfilter_graph_free(graph);
            throw e;
        }
    }

    private AVFilterContext add(String filter, @Nullable String arguments, String name) {
        AVFilter kind = avfilter.avfilter_get_by_name(filter);
        if (kind == null) {
            throw new StreamException(name + ": this build of FFmpeg has no filter " + filter);
        }
        AVFilterContext made =
                Av.allocated(avfilter.avfilter_graph_alloc_filter(graph, kind, filter + graph.nb_filters()), name);
        Av.check(avfilter.avfilter_init_str(made, arguments), name + ": filter " + filter);
        return made;
    }

    /** Feeds a frame, whose reference is taken over, or null for the end. */
    void send(@Nullable AVFrame frame, String name) {
        Av.check(avfilter.av_buffersrc_add_frame(source, frame), name + ": filtering");
    }

    /** Fetches a frame, time stamps in the input's time base; false when more input, or nothing, is to come. */
    boolean receive(AVFrame frame, String name) {
        int code = avfilter.av_buffersink_get_frame(sink, frame);
        if (code == Av.AGAIN || code == Av.END) {
            return false;
        }
        Av.check(code, name + ": filtering");
        Rational base = Av.rational(avfilter.av_buffersink_get_time_base(sink));
        frame.pts(Av.rescale(frame.pts(), base, timeBase));
        frame.duration(Av.rescale(frame.duration(), base, timeBase));
        return true;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            avfilter.avfilter_graph_free(graph);
        }
    }
}
