package io.upflux.benchmarks.fuzz;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** Damages bytes, each time the same way for the same seed: one to four of flips, cuts, moves and extreme numbers. */
final class Mutation {
    private static final int MOST_STEPS = 4;

    /** Headers lie in the first bytes of most files, and often in the last. */
    private static final int HEADER = 2048;

    private static final long[] EXTREME = {0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffffL, 0x80000000L, 0xffffffffL
    };

    private Mutation() {}

    /** @param other bytes to take pieces from */
    static byte[] of(byte[] original, byte[] other, long seed) {
        Random random = new Random(seed);
        byte[] bytes = original.clone();
        for (int steps = 1 + random.nextInt(MOST_STEPS); steps > 0 && bytes.length > 8; steps--) {
            bytes = switch (random.nextInt(8)) {
                case 0 -> flipped(bytes, random);
                case 1 -> Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
                case 2, 3 -> extreme(bytes, random);
                case 4 -> resized(bytes, random);
                case 5 -> swapped(bytes, random);
                case 6 -> spliced(bytes, bytes, random);
                default -> spliced(bytes, other, random);
            };
        }
        return bytes;
    }

    private static byte[] flipped(byte[] bytes, Random random) {
        for (int n = 1 << random.nextInt(8); n > 0; n--) {
            bytes[place(bytes, random)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    /** A number of a header becomes one that nobody expects. */
    private static byte[] extreme(byte[] bytes, Random random) {
        int width = 1 << random.nextInt(3);
        int at = Math.min(place(bytes, random), bytes.length - width);
        long value = EXTREME[random.nextInt(EXTREME.length)];
        for (int i = 0; i < width; i++) {
            bytes[at + i] = (byte) (value >>> 8 * (width - 1 - i));
        }
        return bytes;
    }

    /** A box, as MP4 has them, says another size than it has. */
    private static byte[] resized(byte[] bytes, Random random) {
        int from = random.nextInt(bytes.length);
        for (int i = 0; i < bytes.length - 8; i++) {
            int at = (from + i) % (bytes.length - 8);
            if (isName(bytes, at + 4)) {
                ByteBuffer box = ByteBuffer.wrap(bytes);
                int size = box.getInt(at);
                box.putInt(at, random.nextBoolean() ? size + random.nextInt(64) - 32 : random.nextInt());
                return bytes;
            }
        }
        return extreme(bytes, random);
    }

    private static boolean isName(byte[] bytes, int at) {
        for (int i = at; i < at + 4; i++) {
            if (bytes[i] < 'a' || bytes[i] > 'z') {
                return false;
            }
        }
        return true;
    }

    private static byte[] swapped(byte[] bytes, Random random) {
        int length = 1 + random.nextInt(Math.min(1024, bytes.length / 2));
        int one = random.nextInt(bytes.length - length + 1);
        int other = random.nextInt(bytes.length - length + 1);
        byte[] kept = Arrays.copyOfRange(bytes, one, one + length);
        System.arraycopy(bytes, other, bytes, one, length);
        System.arraycopy(kept, 0, bytes, other, length);
        return bytes;
    }

    /** A piece is put in between, or in the place of what was there. */
    private static byte[] spliced(byte[] bytes, byte[] from, Random random) {
        int length = Math.min(from.length, 1 + random.nextInt(512));
        int taken = random.nextInt(from.length - length + 1);
        int at = random.nextInt(bytes.length);
        int skipped = random.nextBoolean() ? 0 : Math.min(length, bytes.length - at);
        byte[] result = new byte[bytes.length + length - skipped];
        System.arraycopy(bytes, 0, result, 0, at);
        System.arraycopy(from, taken, result, at, length);
        System.arraycopy(bytes, at + skipped, result, at + length, bytes.length - at - skipped);
        return result;
    }

    private static int place(byte[] bytes, Random random) {
        int header = Math.min(HEADER, bytes.length);
        return switch (random.nextInt(4)) {
            case 0, 1 -> random.nextInt(header);
            case 2 -> bytes.length - 1 - random.nextInt(header);
            default -> random.nextInt(bytes.length);
        };
    }
}
