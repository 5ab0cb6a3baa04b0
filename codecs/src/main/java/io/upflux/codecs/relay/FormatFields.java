package io.upflux.codecs.relay;

import io.upflux.codecs.InputLimits;
import io.upflux.codecs.ffmpeg.PixelFormats;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.ColourSpec.ChromaSiting;
import io.upflux.frame.ColourSpec.Range;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.PixelLayout.Family;
import io.upflux.frame.Rational;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** What all pictures have in common, in a header. */
final class FormatFields {
    private FormatFields() {}

    static void write(FrameFormat format, DataOutput out) throws IOException {
        PixelLayout layout = format.layout();
        ColourSpec colour = format.colour();
        out.writeInt(format.width());
        out.writeInt(format.height());
        out.writeByte(layout.family().ordinal());
        out.writeByte(layout.depth());
        out.writeByte(layout.chromaShiftX());
        out.writeByte(layout.chromaShiftY());
        out.writeBoolean(layout.alpha());
        out.writeByte(colour.primaries());
        out.writeByte(colour.transfer());
        out.writeByte(colour.matrix());
        out.writeByte(colour.range().ordinal());
        out.writeByte(colour.siting().ordinal());
        write(format.sampleAspect(), out);
        write(format.timeBase(), out);
        write(format.frameRate(), out);
    }

    static FrameFormat read(DataInput in, InputLimits limits) throws IOException {
        int width = in.readInt();
        int height = in.readInt();
        if (width < 1 || height < 1 || (long) width * height > limits.pixels()) {
            throw new MalformedMessage("pictures of " + width + "x" + height);
        }
        return new FrameFormat(width, height, layout(in), colour(in), rational(in), timeBase(in), rational(in));
    }

    private static PixelLayout layout(DataInput in) throws IOException {
        Family family = one(Family.values(), in);
        try {
            PixelLayout layout = new PixelLayout(family, in.readByte(), in.readByte(), in.readByte(), in.readBoolean());
            if (PixelFormats.format(layout).isPresent()) {
                return layout;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new MalformedMessage("a layout of samples that there is not");
    }

    private static ColourSpec colour(DataInput in) throws IOException {
        return new ColourSpec(
                in.readUnsignedByte(),
                in.readUnsignedByte(),
                in.readUnsignedByte(),
                one(Range.values(), in),
                one(ChromaSiting.values(), in));
    }

    private static Rational timeBase(DataInput in) throws IOException {
        Rational base = rational(in);
        if (!base.isKnown()) {
            throw new MalformedMessage("no time base");
        }
        return base;
    }

    static void write(Rational value, DataOutput out) throws IOException {
        out.writeInt(Math.toIntExact(value.num()));
        out.writeInt(Math.toIntExact(value.den()));
    }

    static Rational rational(DataInput in) throws IOException {
        int num = in.readInt();
        int den = in.readInt();
        return num > 0 && den > 0 ? new Rational(num, den) : Rational.UNKNOWN;
    }

    private static <T> T one(T[] values, DataInput in) throws IOException {
        int index = in.readUnsignedByte();
        if (index >= values.length) {
            throw new MalformedMessage("number " + index + " of " + values.length);
        }
        return values[index];
    }
}
