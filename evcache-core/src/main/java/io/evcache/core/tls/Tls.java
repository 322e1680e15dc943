package io.evcache.core.tls;

import static java.util.Objects.requireNonNull;

import io.evcache.core.error.InvalidConfiguration;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * How connections are encrypted by the side that opens them: whom it trusts, whether it shows a certificate of its own, and whether it checks the other's name.
 *
 * <p>TLS 1.3 and 1.2, by the JDK's provider. The certificate of the other side must be valid for the host <em>as configured</em> ({@code host} of {@code host:port} and of
 * {@code host/ip:port}), unless {@link #withoutHostNameCheck()}. Files are read once, here; when a certificate is renewed, build another client and swap, or give an
 * {@code SSLContext} whose managers follow the change. Immutable, for any thread.
 */
public final class Tls {
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private static final int NO_PORT = -1;

    private final String description;
    private final SSLContext context;
    private final boolean checksHostName;
    private final List<String> protocols;

    private Tls(String description, SSLContext context, boolean checksHostName, List<String> protocols) {
        this.description = description;
        this.context = context;
        this.checksHostName = checksHostName;
        this.protocols = protocols;
    }

    /** Trusts the authorities that the JDK trusts, which include those of public clouds. */
    public static Tls systemTrust() {
        return new Tls("system trust", Contexts.systemTrust(), true, PROTOCOLS);
    }

    /**
     * Trusts these certificates, and what they have signed, and nobody else.
     *
     * @param authorities a file of one or more certificates, in PEM
     * @throws InvalidConfiguration if the file cannot be read or holds no certificate
     */
    public static Tls trusting(Path authorities) {
        SSLContext context = Contexts.of(PemFiles.certificates(authorities), null);
        return new Tls("trusting " + authorities, context, true, PROTOCOLS);
    }

    /**
     * Trusts as {@link #trusting} does, and shows a certificate to servers that ask for one: mutual TLS.
     *
     * @param authorities a file of one or more certificates, in PEM
     * @param chain a file of the own certificate and, behind it, those between it and the authority, in PEM
     * @param key a file of the certificate's private key, in PEM, PKCS #8 without a password ({@code BEGIN PRIVATE KEY})
     * @throws InvalidConfiguration if a file cannot be read or does not hold that, or if the key is not the certificate's
     */
    public static Tls mutual(Path authorities, Path chain, Path key) {
        SSLContext context = Contexts.of(PemFiles.certificates(authorities), Identity.read(chain, key));
        return new Tls("trusting " + authorities + ", as " + chain, context, true, PROTOCOLS);
    }

    /** Trusts and shows what the context does; for key stores, hardware keys, certificates that are renewed, and anything else. */
    public static Tls of(SSLContext context) {
        return new Tls("SSLContext", requireNonNull(context, "context"), true, PROTOCOLS);
    }

    /**
     * Reads {@code system}, or {@code AUTHORITIES}, or {@code AUTHORITIES,CHAIN,KEY}, the names of files: {@link #systemTrust}, {@link #trusting} and {@link #mutual} as text.
     *
     * @throws InvalidConfiguration with what is wrong with the text or a file
     */
    public static Tls parse(String text) {
        List<Path> files = PemFiles.named(text);
        return switch (files.size()) {
            case 1 -> text.strip().equals("system") ? systemTrust() : trusting(files.get(0));
            case 3 -> mutual(files.get(0), files.get(1), files.get(2));
            default ->
                throw new InvalidConfiguration(
                        List.of("must be system, or AUTHORITIES, or AUTHORITIES,CHAIN,KEY, was '" + text + "'"));
        };
    }

    /** Returns this without the check of the name: whoever holds any certificate of a trusted authority can then be any server. Default: names are checked. */
    public Tls withoutHostNameCheck() {
        return new Tls(description + ", names not checked", context, false, protocols);
    }

    /**
     * Returns this with other versions of the protocol. Default: {@code TLSv1.3} and {@code TLSv1.2}.
     *
     * @throws InvalidConfiguration if there is none, or one that the JDK does not support
     */
    public Tls withProtocols(String... names) {
        return new Tls(description, context, checksHostName, Contexts.checked(context, names));
    }

    /**
     * Makes the engine of one connection. It makes a session of its own and does not take up an earlier one: memcached asks OpenSSL to verify clients without naming its sessions, and OpenSSL then answers
     * every resumption with an internal error, so that only the first connection of a mutual client would come about.
     *
     * @param host the name that the other side must prove, and that it is asked for
     */
    public SSLEngine engine(String host) {
        SSLEngine engine = context.createSSLEngine(host, NO_PORT); // the JDK finds sessions by host and port
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(protocols.toArray(String[]::new));
        if (checksHostName) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    @Override
    public String toString() {
        return "Tls(" + description + ", " + String.join(" ", protocols) + ")";
    }
}
