package io.evcache.core.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate and the means to prove that it is one's own.
 *
 * @param chain the certificate first
 */
record Identity(List<X509Certificate> chain, PrivateKey key) {

    /** Reads both, and finds out whether they belong together: the JDK would notice only when a peer asks, and would then show no certificate at all. */
    static Identity read(Path chain, Path key) {
        List<X509Certificate> certificates = PemFiles.certificates(chain);
        X509Certificate own = certificates.get(0);
        Identity identity = new Identity(
                certificates, PemFiles.privateKey(key, own.getPublicKey().getAlgorithm()));
        if (!identity.belongsTogether()) {
            throw PemFiles.problem(key, "holds another key than that of the certificate in " + chain, null);
        }
        return identity;
    }

    private boolean belongsTogether() {
        String algorithm = key.getAlgorithm();
        try {
            Signature signature = Signature.getInstance(
                    switch (algorithm) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> algorithm;
                    });
            byte[] anything = {1, 2, 3};
            signature.initSign(key);
            signature.update(anything);
            byte[] signed = signature.sign();
            signature.initVerify(chain.get(0).getPublicKey());
            signature.update(anything);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "Identity(" + chain.get(0).getSubjectX500Principal() + ")";
    }
}
