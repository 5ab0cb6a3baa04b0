package io.upflux.server.source;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * A range of addresses, as CIDR writes it (RFC 4632).
 *
 * @param first address of the range
 * @param prefix bits that all of its addresses share
 */
record Network(InetAddress first, int prefix) {
    private static final Pattern IPV4 = Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    /** @throws IllegalArgumentException when it is none */
    static Network of(String text) {
        int slash = text.indexOf('/');
        InetAddress address = literal(slash < 0 ? text : text.substring(0, slash));
        int bits = bits(address);
        int prefix = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
        if (prefix < 0 || prefix > bits) {
            throw new IllegalArgumentException("a prefix of /" + prefix + " does not fit " + text);
        }
        return new Network(address, prefix);
    }

    /** Whether it is an address, written in full: no decimal, octal, hexadecimal or shortened forms of IPv4. */
    static boolean isLiteral(String host) {
        return IPV4.matcher(host).matches() || IPV6.matcher(host).matches();
    }

    /** The address that is written; nothing is looked up. */
    static InetAddress literal(String host) {
        if (!isLiteral(host)) {
            throw new IllegalArgumentException(host + " is not an address");
        }
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(host + " is not an address", e);
        }
    }

    boolean contains(InetAddress address) {
        if (bits(address) != bits(first)) {
            return false;
        }
        int rest = bits(first) - prefix;
        return number(address).shiftRight(rest).equals(number(first).shiftRight(rest));
    }

    static int bits(InetAddress address) {
        return address.getAddress().length * Byte.SIZE;
    }

    private static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }
}
