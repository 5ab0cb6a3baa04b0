package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avfilter.*;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB32;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.pipeline.StreamException;
import org.bytedeco.ffmpeg.avfilter.AVFilter;
import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * Reduces pictures to 256 colours, chosen for each by itself, and dithers them: FFmpeg's palettegen and paletteuse. One
 * thread.
 */
final class Palette implements AutoCloseable {
    private final AVFilterGraph graph;
    private final AVFilterContext source;
    private final AVFilterContext sink;
    private final AVFrame reduced = av_frame_alloc();
    private long pictures;

    Palette(int width, int height) {
        graph = Av.allocated(avfilter_graph_alloc(), "palette");
        try {
            graph.nb_threads(1);
            source = add(
                    "buffer",
                    "video_size=" + width + "x" + height + ":pix_fmt=" + AV_PIX_FMT_RGB32
                            + ":time_base=1/25:colorspace=gbr:range=pc");
            AVFilterContext copies = add("split", null);
            AVFilterContext colours = add("palettegen", "stats_mode=single");
            AVFilterContext painter = add("paletteuse", "new=1");
            sink = add("buffersink", null);
            link(source, copies, 0, 0);
            link(copies, painter, 0, 0);
            link(copies, colours, 1, 0);
            link(colours, painter, 0, 1);
            link(painter, sink, 0, 0);
            Av.check(avfilter_graph_config(graph, null), "palette");
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * @param picture in {@code AV_PIX_FMT_RGB32}; only its time is changed
     * @return the same in {@code AV_PIX_FMT_PAL8}, without times; this palette's, until the next one
     */
    AVFrame reduce(AVFrame picture) {
        picture.pts(pictures++);
        Av.check(av_buffersrc_add_frame_flags(source, picture, AV_BUFFERSRC_FLAG_KEEP_REF), "palette");
        av_frame_unref(reduced);
        Av.check(av_buffersink_get_frame(sink, reduced), "palette");
        return reduced;
    }

    @Override
    public void close() {
        av_frame_free(reduced);
        avfilter_graph_free(graph);
    }

    private AVFilterContext add(String name, @Nullable String arguments) {
        AVFilter filter = avfilter_get_by_name(name);
        if (filter == null) {
            throw new StreamException("this build of FFmpeg has no filter " + name);
        }
        AVFilterContext made = Av.allocated(avfilter_graph_alloc_filter(graph, filter, name), name);
        Av.check(avfilter_init_str(made, arguments), "filter " + name);
        return made;
    }

    private static void link(AVFilterContext from, AVFilterContext to, int output, int input) {
        Av.check(avfilter_link(from, output, to, input), "palette");
    }
}
