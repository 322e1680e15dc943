package io.evcache.core.tls;

import io.evcache.core.error.InvalidConfiguration;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Builds contexts of the JDK's provider. */
final class Contexts {
    private static final char[] NO_PASSWORD = {};

    private Contexts() {}

    static SSLContext systemTrust() {
        return of((KeyStore) null, null); // the trust managers take the JDK's own store then
    }

    /**
     * A context that trusts exactly these certificates, and shows the identity if there is one.
     *
     * @param trusted empty if nobody will ever be asked for a certificate
     */
    static SSLContext of(List<X509Certificate> trusted, @Nullable Identity identity) {
        try {
            KeyStore anchors = emptyStore();
            for (int i = 0; i < trusted.size(); i++) {
                anchors.setCertificateEntry("trusted" + i, trusted.get(i));
            }
            return of(anchors, identity);
        } catch (GeneralSecurityException e) {
            throw refused(e);
        }
    }

    private static SSLContext of(@Nullable KeyStore anchors, @Nullable Identity identity) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers(identity), trustManagers(anchors), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw refused(e);
        }
    }

    private static TrustManager[] trustManagers(@Nullable KeyStore anchors) throws GeneralSecurityException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(anchors);
        return trust.getTrustManagers();
    }

    private static KeyManager @Nullable [] keyManagers(@Nullable Identity identity) throws GeneralSecurityException {
        if (identity == null) {
            return null;
        }
        KeyStore store = emptyStore();
        store.setKeyEntry("own", identity.key(), NO_PASSWORD, identity.chain().toArray(Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, NO_PASSWORD);
        return keys.getKeyManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new IllegalStateException("nothing was read", e);
        }
        return store;
    }

    static List<String> checked(SSLContext context, String... protocols) {
        List<String> known = Arrays.asList(context.getSupportedSSLParameters().getProtocols());
        if (protocols.length == 0 || !known.containsAll(Arrays.asList(protocols))) {
            throw new InvalidConfiguration(
                    List.of("TLS protocols must be some of " + known + ", were " + Arrays.toString(protocols)));
        }
        return List.of(protocols);
    }

    private static InvalidConfiguration refused(GeneralSecurityException cause) {
        InvalidConfiguration refused = new InvalidConfiguration(List.of("TLS cannot be set up: " + cause.getMessage()));
        refused.initCause(cause);
        return refused;
    }
}
