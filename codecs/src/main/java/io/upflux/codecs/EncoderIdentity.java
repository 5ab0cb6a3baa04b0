package io.upflux.codecs;

/**
 * Which encoder makes an output. Packets of encoders that are equal in this can follow each other in one stream.
 *
 * @param name as FFmpeg calls it
 * @param sha256 of everything that a decoder must know besides the packets, lower-case hexadecimal
 */
public record EncoderIdentity(String name, String sha256) {}
