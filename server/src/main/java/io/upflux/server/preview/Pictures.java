package io.upflux.server.preview;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.PictureEncoder;
import io.upflux.codecs.PictureType;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.reuse.WindowGrid;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Encodes what was seen, each picture once however many wish for it. One thread. */
final class Pictures implements AutoCloseable {
    private final NativeScope scope = new NativeScope();
    private final Map<Shape, PictureEncoder> encoders = new HashMap<>();

    /** What an encoder is opened for. */
    private record Shape(FrameFormat format, PictureType type, int width, int height) {}

    /** What makes two pictures of a frame the same. */
    private record Cut(PreviewKind kind, Region region, int size, PictureType type) {}

    /** All that is made of one frame. */
    final class Sitting {
        private final Sighting sighting;
        private final Region whole;
        private final Map<Cut, PreviewPicture> made = new HashMap<>();
        private final Map<Shape, PictureEncoder> used = new HashMap<>();

        private Sitting(Sighting sighting) {
            this.sighting = sighting;
            this.whole = new Region(
                    0, 0, sighting.format().width(), sighting.format().height());
        }

        /** @throws io.upflux.pipeline.StreamException when no encoder takes a picture of that kind */
        List<PreviewPicture> of(PreviewWish wish) {
            Region asked = wish.region() == null ? whole : wish.region();
            Region region = asked.fitted(sighting.source().format(), sighting.format(), sighting.scale());
            List<PreviewPicture> pictures = new ArrayList<>(wish.kinds().size());
            for (PreviewKind kind : PreviewKind.values()) {
                if (wish.kinds().contains(kind)) {
                    Cut cut = kind == PreviewKind.MAP
                            ? new Cut(kind, whole, 0, PictureType.PNG)
                            : new Cut(kind, region, wish.size(), wish.type());
                    PreviewPicture picture = made.get(cut);
                    if (picture == null) {
                        picture = make(cut);
                        made.put(cut, picture);
                    }
                    pictures.add(picture);
                }
            }
            return pictures;
        }

        private PreviewPicture make(Cut cut) {
            Region region = cut.region();
            int scale = sighting.scale();
            return switch (cut.kind()) {
                case MAP -> {
                    int window = WindowGrid.WINDOW * scale;
                    try (VideoFrame map = MapPainter.paint(sighting.reuse(), sighting.halting(), scope)) {
                        int columns = map.format().width();
                        int rows = map.format().height();
                        yield encoded(cut, map, new Region(0, 0, columns * window, rows * window));
                    }
                }
                case SOURCE -> {
                    try (VideoFrame part = sighting.source()
                            .crop(
                                    region.x() / scale,
                                    region.y() / scale,
                                    region.width() / scale,
                                    region.height() / scale)) {
                        yield encoded(cut, part, region);
                    }
                }
                case UPSCALED -> {
                    try (VideoFrame part =
                            sighting.upscaled().crop(region.x(), region.y(), region.width(), region.height())) {
                        yield encoded(cut, part, region);
                    }
                }
            };
        }

        private PreviewPicture encoded(Cut cut, VideoFrame frame, Region shown) {
            FrameFormat format = frame.format();
            double longer = Math.max(format.width(), format.height());
            double shrunk = cut.size() == 0 ? 1 : Math.min(1, cut.size() / longer);
            int width = Math.max(1, (int) Math.round(format.width() * shrunk));
            int height = Math.max(1, (int) Math.round(format.height() * shrunk));
            Shape shape = new Shape(stated(format), cut.type(), width, height);
            PictureEncoder encoder = encoders.computeIfAbsent(
                    shape, open -> PictureEncoder.open(open.format(), open.type(), open.width(), open.height()));
            used.put(shape, encoder);
            ByteBuffer bytes = encoder.encode(frame);
            return new PreviewPicture(cut.kind(), cut.type(), width, height, shown, bytes);
        }

        /** What a stream leaves unsaid follows from the size of its whole source, for parts and larger pictures, too. */
        private FrameFormat stated(FrameFormat format) {
            int lines = sighting.source().format().height();
            return format.withColour(format.colour().withMatrix(format.colour().effectiveMatrix(lines)));
        }
    }

    /** Begins with the next frame. */
    Sitting sitting(Sighting sighting) {
        return new Sitting(sighting);
    }

    /** Closes the encoders that a frame had no use for. */
    void keepFor(Sitting sitting) {
        encoders.entrySet().removeIf(entry -> {
            boolean idle = !sitting.used.containsKey(entry.getKey());
            if (idle) {
                entry.getValue().close();
            }
            return idle;
        });
    }

    @Override
    public void close() {
        encoders.values().forEach(PictureEncoder::close);
        encoders.clear();
        scope.close();
    }
}
