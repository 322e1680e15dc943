package io.evcache.core.topology.dns;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;

/**
 * Asks name servers, through the DNS provider that is part of the JDK. Nothing is cached: each question goes to a server. Names are taken as they are, without the machine's search list.
 *
 * <p>Immutable, thread-safe. A question blocks its thread for at most about three seconds per server: two attempts, the second waiting twice as long.
 */
public final class NameServer {
    private static final String FIRST_ATTEMPT_MILLIS = "1000";
    private static final String ATTEMPTS = "2";

    private final String url;

    private NameServer(String url) {
        this.url = url;
    }

    /** Returns the servers that the machine is configured with. */
    public static NameServer ofSystem() {
        return new NameServer("dns:");
    }

    /** Returns the server at this address. */
    public static NameServer at(String host, int port) {
        boolean bare = requireNonNull(host, "host").indexOf(':') >= 0 && !host.startsWith("[");
        return new NameServer("dns://" + (bare ? "[" + host + "]" : host) + ":" + port);
    }

    /**
     * Returns the records of a name, each as text: an address for {@code A} and {@code AAAA}, {@code priority weight port target} for {@code SRV}.
     *
     * @return empty if the name exists and has none of this type
     * @throws IOException if the name does not exist, or no server answered
     * @throws IllegalArgumentException if it is no name of a host: letters and digits of ASCII, dots, hyphens and underscores
     */
    @SuppressWarnings("BanJNDI") // records are text, and a name checked like this cannot lead to another provider
    public List<String> records(String name, String type) throws IOException {
        if (!name.matches("[A-Za-z0-9._-]{1,253}")) {
            throw new IllegalArgumentException("not the name of a host: '" + name + "'");
        }
        try {
            InitialDirContext context = new InitialDirContext(environment());
            try {
                Attribute records =
                        context.getAttributes(name, new String[] {type}).get(type);
                return records == null ? List.of() : texts(records);
            } finally {
                context.close();
            }
        } catch (NamingException e) {
            throw new IOException("no " + type + " records of " + name + " from " + url + ": " + e, e);
        }
    }

    @SuppressWarnings("JdkObsolete") // what the JDK's naming takes
    private Hashtable<String, String> environment() {
        Hashtable<String, String> environment = new Hashtable<>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        environment.put(Context.PROVIDER_URL, url);
        environment.put("com.sun.jndi.dns.timeout.initial", FIRST_ATTEMPT_MILLIS);
        environment.put("com.sun.jndi.dns.timeout.retries", ATTEMPTS);
        return environment;
    }

    private static List<String> texts(Attribute records) throws NamingException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            texts.add(String.valueOf(records.get(i)));
        }
        return texts;
    }

    @Override
    public String toString() {
        return url;
    }
}
