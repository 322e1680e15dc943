package io.evcache.core.ring;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Which text of a node is hashed to its points. Clients that share a cache must use the same dialect and the same texts.
 *
 * <p>Each text is followed by {@code -} and the number of the round, from 0. An IPv6 address appears the way Java prints it,
 * in eight groups without {@code ::}. A node with an id of its own has that for its text, whatever the dialect.
 */
public enum RingDialect {

    /**
     * Netflix's client: {@code host/ip:11211}. The number is part of the text whatever the real port is, so of two members
     * with the same host and ip the later one takes all points and the earlier one never receives a key. Needs the ip.
     */
    EVCACHE {
        @Override
        String text(RingMember<?> member) {
            return member.host() + "/" + ip(member) + ":11211";
        }
    },

    /**
     * spymemcached and ElastiCache's client: {@code host/ip:port}, or {@code ip:port} when the host is a literal address; IPv6
     * in brackets. Needs the ip.
     */
    SPYMEMCACHED {
        @Override
        String text(RingMember<?> member) {
            String ip = ip(member);
            String address = (ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + member.port();
            return ip.equals(literal(member.host())) ? address : member.host() + "/" + address;
        }
    },

    /** libmemcached, and through it many clients in other languages: {@code host} on port 11211, else {@code host:port}. */
    LIBMEMCACHED {
        @Override
        String text(RingMember<?> member) {
            return member.port() == 11211 ? member.host() : member.host() + ":" + member.port();
        }
    };

    /** The hashed text without the round. */
    abstract String text(RingMember<?> member);

    /** What decides the points: the id if there is one. */
    final String placing(RingMember<?> member) {
        String id = member.id();
        return id == null ? text(member) : id;
    }

    String ip(RingMember<?> member) {
        String given = member.ip();
        String ip = literal(given == null ? member.host() : given);
        if (ip != null) {
            return ip;
        }
        throw new IllegalArgumentException(
                "the " + this + " ring hashes the ip address of each node, and '" + member.host()
                        + ":" + member.port() + "' has "
                        + (given == null ? "none: configure it as name/ip:port" : "'" + given + "', which is not one"));
    }

    /** The literal address the way Java prints it, or null if the text is a name. Never asks a name server. */
    static @Nullable String literal(String text) {
        if (text.indexOf(':') >= 0) {
            try {
                // A text in brackets is parsed or refused by the JDK, never looked up.
                return InetAddress.getByName("[" + text + "]").getHostAddress();
            } catch (UnknownHostException e) {
                return null;
            }
        }
        return text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}") ? text : null;
    }
}
