package io.upflux.codecs.output;

import io.upflux.frame.Rational;

/**
 * The form of a file of encoded packets, big-endian: eight bytes of magic, the time base (two 64-bit numbers) and the
 * fingerprint of the encoder's parameters (32 bytes); then for each packet, in decoding order, its size (32 bits), time
 * and duration (64 bits each, ticks), flags (32 bits), number of side data (32 bits), each as type, size (32 bits each)
 * and bytes, and the packet's bytes; then {@link #END}, the number of packets (64 bits) and the reordering depth (32
 * bits).
 *
 * <p>Matroska rounds times to milliseconds, NUT stores neither durations nor what lies before zero, MP4 does not take
 * every codec: none gives back exactly what an encoder made.
 */
final class PacketFile {
    static final long MAGIC = 0x5550464c5558_0001L;
    static final int FINGERPRINT = 32;
    static final int END = -1;

    /** Of {@link #END}, the number of packets and the reordering depth. */
    static final int TRAILER = Integer.BYTES + Long.BYTES + Integer.BYTES;

    private PacketFile() {}

    /**
     * What is known of a file without reading its packets.
     *
     * @param fingerprint of the encoder's parameters, as {@link VideoTrack#fingerprint}
     * @param packets how many
     * @param depth how many packets at most precede one that is shown before them
     */
    record Summary(Rational timeBase, byte[] fingerprint, long packets, int depth) {}
}
