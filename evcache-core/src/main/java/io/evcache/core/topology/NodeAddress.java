package io.evcache.core.topology;

import static java.util.Objects.requireNonNull;

import io.evcache.core.error.InvalidConfiguration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where one memcached server listens, as configured. Nothing is looked up: the host text also decides the node's place on the
 * ring, so it must read the same on every machine.
 *
 * @param host a name or a literal address, exactly as configured; IPv6 without brackets
 * @param ip the literal address of a named host where it was given ({@code name/ip:port}), else null; some ring dialects need it
 * @param port 1 to 65535
 */
public record NodeAddress(String host, @Nullable String ip, int port) {

    /** Checks the parts; all problems are reported at once by {@link InvalidConfiguration}. */
    public NodeAddress {
        requireNonNull(host, "host");
        List<String> problems = new ArrayList<>();
        checkParts(host, ip, port, describe(host, ip, Integer.toString(port)), problems);
        if (!problems.isEmpty()) {
            throw new InvalidConfiguration(problems);
        }
    }

    /** An address without a separate ip. */
    public NodeAddress(String host, int port) {
        this(host, null, port);
    }

    /**
     * Reads {@code host:port}, {@code name/ip:port} or {@code [ipv6]:port}; an IPv6 address always goes in brackets.
     *
     * @throws InvalidConfiguration with every problem of the text
     */
    public static NodeAddress parse(String text) {
        List<String> problems = new ArrayList<>();
        NodeAddress address = parse(text, problems);
        if (address == null) {
            throw new InvalidConfiguration(problems);
        }
        return address;
    }

    /** What is wrong with the text by the rules of {@link #parse(String)}; empty if nothing is. */
    public static List<String> problems(String text) {
        List<String> problems = new ArrayList<>();
        NodeAddress unused = parse(text, problems);
        return List.copyOf(problems);
    }

    /** Returns null after adding at least one problem. */
    static @Nullable NodeAddress parse(String text, List<String> problems) {
        String shown = Quoted.text(text);
        int colon = text.lastIndexOf(':');
        if (colon < 0 || text.endsWith("]")) {
            problems.add("node " + shown + " has no port; expected host:port");
            return null;
        }
        String name = text.substring(0, colon);
        String ip = null;
        int slash = name.indexOf('/');
        if (slash >= 0) {
            ip = name.substring(slash + 1);
            name = name.substring(0, slash);
        }
        int before = problems.size();
        if (isBareIpv6(name) || (ip != null && isBareIpv6(ip))) {
            problems.add(
                    "node " + shown + " has more than one colon; an IPv6 address goes in brackets: [address]:port");
            return null;
        }
        int port = port(text.substring(colon + 1), shown, problems);
        String host = withoutBrackets(name);
        String literal = ip == null ? null : withoutBrackets(ip);
        checkParts(host, literal, port, shown, problems);
        return problems.size() > before ? null : new NodeAddress(host, literal, port);
    }

    private static boolean isBareIpv6(String host) {
        return host.indexOf(':') >= 0 && !(host.startsWith("[") && host.endsWith("]"));
    }

    private static String withoutBrackets(String host) {
        boolean bracketed = host.startsWith("[") && host.endsWith("]") && host.indexOf(':') >= 0;
        return bracketed ? host.substring(1, host.length() - 1) : host;
    }

    /** Returns 1 after adding a problem, so that the rest can still be checked. */
    private static int port(String digits, String shown, List<String> problems) {
        boolean number = !digits.isEmpty() && digits.length() <= 9;
        for (int i = 0; i < digits.length(); i++) {
            number &= digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
        }
        if (!number) {
            problems.add(
                    "node " + shown + " has the port " + Quoted.text(digits) + "; expected a number from 1 to 65535");
            return 1;
        }
        return Integer.parseInt(digits);
    }

    private static void checkParts(String host, @Nullable String ip, int port, String shown, List<String> problems) {
        if (host.isEmpty()) {
            problems.add("node " + shown + " has no host");
        } else if (host.indexOf(':') >= 0 ? !IpLiteral.isIpv6(host) : !isHostText(host)) {
            problems.add("node " + shown + " has an illegal host " + Quoted.text(host));
        }
        if (ip != null && !IpLiteral.isIpv4(ip) && !IpLiteral.isIpv6(ip)) {
            problems.add("node " + shown + " has " + Quoted.text(ip) + " where an IP address is expected");
        }
        if (port < 1 || port > 65_535) {
            problems.add("node " + shown + " has the port " + port + "; expected a number from 1 to 65535");
        }
    }

    /** Wider than host names are (an underscore is common in container networks), but without our own separators. */
    private static boolean isHostText(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean legal = c > 0x20 && c < 0x7F && ",;=/[]:@\"'\\".indexOf(c) < 0;
            if (!legal) {
                return false;
            }
        }
        return true;
    }

    /** True if both lead to the same server as far as their texts tell. */
    boolean isSameServer(NodeAddress other) {
        if (port != other.port) {
            return false;
        }
        String here = ip == null ? host : ip;
        String there = other.ip == null ? other.host : other.ip;
        return host.equalsIgnoreCase(other.host) || here.equalsIgnoreCase(there);
    }

    private static String describe(String host, @Nullable String ip, String port) {
        return Quoted.text(bracketed(host) + (ip == null ? "" : "/" + bracketed(ip)) + ":" + port);
    }

    private static String bracketed(String host) {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    /** The address in the form that {@link #parse(String)} reads, with the ip if there is one. */
    public String text() {
        return bracketed(host) + (ip == null ? "" : "/" + bracketed(ip)) + ":" + port;
    }

    /** {@code host:port}, for logs and metrics. */
    @Override
    public String toString() {
        return bracketed(host) + ":" + port;
    }
}
