package io.evcache.core.tls;

import static java.util.Objects.requireNonNull;

import io.evcache.core.error.InvalidConfiguration;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * How connections are encrypted by the side that accepts them: which certificate it shows, and whether it lets in only those who show one, too.
 *
 * <p>TLS 1.3 and 1.2, by the JDK's provider. Files are read once, here. Immutable, for any thread.
 */
public final class ServerTls {
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private final String description;
    private final SSLContext context;
    private final boolean requiresClientCertificate;
    private final List<String> protocols;

    private ServerTls(
            String description, SSLContext context, boolean requiresClientCertificate, List<String> protocols) {
        this.description = description;
        this.context = context;
        this.requiresClientCertificate = requiresClientCertificate;
        this.protocols = protocols;
    }

    /**
     * Shows this certificate and lets everybody in.
     *
     * @param chain a file of the certificate and, behind it, those between it and the authority, in PEM
     * @param key a file of the certificate's private key, in PEM, PKCS #8 without a password ({@code BEGIN PRIVATE KEY})
     * @throws InvalidConfiguration if a file cannot be read or does not hold that, or if the key is not the certificate's
     */
    public static ServerTls presenting(Path chain, Path key) {
        SSLContext context = Contexts.of(List.of(), Identity.read(chain, key));
        return new ServerTls("as " + chain, context, false, PROTOCOLS);
    }

    /**
     * Shows this certificate, and lets in only who shows one that these authorities have signed: mutual TLS. Names in it are not looked at.
     *
     * @param authorities a file of one or more certificates, in PEM
     * @throws InvalidConfiguration as {@link #presenting} does
     */
    public static ServerTls mutual(Path chain, Path key, Path authorities) {
        SSLContext context = Contexts.of(PemFiles.certificates(authorities), Identity.read(chain, key));
        return new ServerTls("as " + chain + ", for clients of " + authorities, context, true, PROTOCOLS);
    }

    /** Shows what the context does and lets everybody in, unless {@link #requiringClientCertificates()}. */
    public static ServerTls of(SSLContext context) {
        return new ServerTls("SSLContext", requireNonNull(context, "context"), false, PROTOCOLS);
    }

    /**
     * Reads {@code CHAIN,KEY} or {@code CHAIN,KEY,AUTHORITIES}, the names of files: {@link #presenting} and {@link #mutual} as text.
     *
     * @throws InvalidConfiguration with what is wrong with the text or a file
     */
    public static ServerTls parse(String text) {
        List<Path> files = PemFiles.named(text);
        return switch (files.size()) {
            case 2 -> presenting(files.get(0), files.get(1));
            case 3 -> mutual(files.get(0), files.get(1), files.get(2));
            default ->
                throw new InvalidConfiguration(
                        List.of("must be CHAIN,KEY or CHAIN,KEY,AUTHORITIES, was '" + text + "'"));
        };
    }

    /** Returns this, letting in only who shows a certificate that the context trusts. */
    public ServerTls requiringClientCertificates() {
        return new ServerTls(description, context, true, protocols);
    }

    /**
     * Returns this with other versions of the protocol. Default: {@code TLSv1.3} and {@code TLSv1.2}.
     *
     * @throws InvalidConfiguration if there is none, or one that the JDK does not support
     */
    public ServerTls withProtocols(String... names) {
        return new ServerTls(description, context, requiresClientCertificate, Contexts.checked(context, names));
    }

    /** Makes the engine of one accepted connection. */
    public SSLEngine engine() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(protocols.toArray(String[]::new));
        parameters.setNeedClientAuth(requiresClientCertificate);
        engine.setSSLParameters(parameters);
        return engine;
    }

    @Override
    public String toString() {
        return "ServerTls(" + description + (requiresClientCertificate ? ", mutual, " : ", ")
                + String.join(" ", protocols) + ")";
    }
}
