package io.evcache.core.topology;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Tells literal addresses from names without ever asking a name server. */
final class IpLiteral {

    private IpLiteral() {}

    static boolean isIpv4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        for (String part : parts) {
            if (!part.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(part) > 255) {
                return false;
            }
        }
        return true;
    }

    static boolean isIpv6(String text) {
        return text.matches("[0-9a-fA-F:.]+") && ipv6(text) != null;
    }

    /** Returns whether both are IPv6 addresses, and the same one, however each is written. */
    static boolean isSameIpv6(String one, String other) {
        InetAddress address = ipv6(one);
        return address != null && address.equals(ipv6(other));
    }

    private static @Nullable InetAddress ipv6(String text) {
        if (text.indexOf(':') < 0) {
            return null;
        }
        try {
            // A text in brackets is parsed or refused by the JDK, never looked up.
            return InetAddress.getByName("[" + text + "]");
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
