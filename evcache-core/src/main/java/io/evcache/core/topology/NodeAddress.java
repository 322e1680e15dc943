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
 * @param id a name that decides the node's place on the ring in place of its host and port, so that it can move without its keys; 1 to 64 characters of
 *     {@code A–Z a–z 0–9 . _ -}, or null
 * @param host a name or a literal address, exactly as configured; IPv6 without brackets
 * @param ip the literal address of a named host where it was given ({@code name/ip:port}), else null; some ring dialects need it
 * @param port 1 to 65535
 * @param weight the node's share of the keys relative to the others', 1 to 1000; the usual is 1
 */
public record NodeAddress(
        @Nullable String id, String host, @Nullable String ip, int port, int weight) {

    private static final int MAX_WEIGHT = 1_000;

    /** Checks the parts; all problems are reported at once by {@link InvalidConfiguration}. */
    public NodeAddress {
        requireNonNull(host, "host");
        List<String> problems = new ArrayList<>();
        String shown = describe(host, ip, Integer.toString(port));
        checkParts(host, ip, port, shown, problems);
        checkPlacing(id, weight, shown, problems);
        if (!problems.isEmpty()) {
            throw new InvalidConfiguration(problems);
        }
    }

    /** An address without an id, and with the usual weight. */
    public NodeAddress(String host, @Nullable String ip, int port) {
        this(null, host, ip, port, 1);
    }

    /** An address without a separate ip. */
    public NodeAddress(String host, int port) {
        this(null, host, null, port, 1);
    }

    /**
     * Reads {@code host:port}, {@code name/ip:port} or {@code [ipv6]:port}; an IPv6 address always goes in brackets. Before it may stand an id, {@code
     * a3@host:port}, and behind it a weight, {@code host:port*2}.
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
        int at = name.indexOf('@');
        String id = at < 0 ? null : name.substring(0, at);
        name = name.substring(at + 1);
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
        String digits = text.substring(colon + 1);
        int star = digits.indexOf('*');
        int weight = star < 0 ? 1 : weight(digits.substring(star + 1), shown, problems);
        int port = port(star < 0 ? digits : digits.substring(0, star), shown, problems);
        String host = withoutBrackets(name);
        String literal = ip == null ? null : withoutBrackets(ip);
        checkParts(host, literal, port, shown, problems);
        checkPlacing(id, weight, shown, problems);
        return problems.size() > before ? null : new NodeAddress(id, host, literal, port, weight);
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
        if (!isNumber(digits)) {
            problems.add(
                    "node " + shown + " has the port " + Quoted.text(digits) + "; expected a number from 1 to 65535");
            return 1;
        }
        return Integer.parseInt(digits);
    }

    /** Returns 1 after adding a problem. */
    private static int weight(String digits, String shown, List<String> problems) {
        if (!isNumber(digits)) {
            problems.add("node " + shown + " has the weight " + Quoted.text(digits) + "; expected a number from 1 to "
                    + MAX_WEIGHT);
            return 1;
        }
        return Integer.parseInt(digits);
    }

    private static boolean isNumber(String digits) {
        boolean number = !digits.isEmpty() && digits.length() <= 9;
        for (int i = 0; i < digits.length(); i++) {
            number &= digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
        }
        return number;
    }

    private static void checkPlacing(@Nullable String id, int weight, String shown, List<String> problems) {
        if (id != null && !id.matches("[A-Za-z0-9._-]{1,64}")) {
            problems.add("node " + shown + " has the id " + Quoted.text(id)
                    + "; expected 1 to 64 letters and digits of ASCII, dots, underscores and hyphens");
        }
        if (weight < 1 || weight > MAX_WEIGHT) {
            problems.add("node " + shown + " has the weight " + weight + "; expected a number from 1 to " + MAX_WEIGHT);
        }
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

    /** Returns whether only a name server knows where it is: the host is a name, and no ip is given with it. */
    public boolean isNamed() {
        return ip == null && !IpLiteral.isIpv4(host) && !IpLiteral.isIpv6(host);
    }

    /** True if both lead to the same server as far as their texts tell. */
    boolean isSameServer(NodeAddress other) {
        if (port != other.port) {
            return false;
        }
        String here = ip == null ? host : ip;
        String there = other.ip == null ? other.host : other.ip;
        if (here.equalsIgnoreCase(there) || IpLiteral.isSameIpv6(here, there)) {
            return true;
        }
        boolean bothTold = ip != null && other.ip != null; // one name may stand before several servers
        return !bothTold && host.equalsIgnoreCase(other.host);
    }

    private static String describe(String host, @Nullable String ip, String port) {
        return Quoted.text(bracketed(host) + (ip == null ? "" : "/" + bracketed(ip)) + ":" + port);
    }

    private static String bracketed(String host) {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    /** The address in the form that {@link #parse(String)} reads, with the id, the ip and the weight if there are any. */
    public String text() {
        return (id == null ? "" : id + "@") + bracketed(host) + (ip == null ? "" : "/" + bracketed(ip)) + ":" + port
                + (weight == 1 ? "" : "*" + weight);
    }

    /** {@code host:port}, for logs and metrics. */
    @Override
    public String toString() {
        return bracketed(host) + ":" + port;
    }
}
