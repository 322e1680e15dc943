package io.evcache.core.topology;

import java.net.InetAddress;
import java.net.UnknownHostException;

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
        if (text.indexOf(':') < 0 || !text.matches("[0-9a-fA-F:.]+")) {
            return false;
        }
        try {
            // A text in brackets is parsed or refused by the JDK, never looked up.
            InetAddress unused = InetAddress.getByName("[" + text + "]");
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
