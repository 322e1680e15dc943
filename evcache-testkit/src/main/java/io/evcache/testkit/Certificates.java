package io.evcache.testkit;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/** Writes X.509 certificates (RFC 5280, section 4.1) in DER, which the JDK can read but not make. Signed with ECDSA and SHA-256. */
final class Certificates {
    private static final byte[] ECDSA_WITH_SHA256 = {0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 4, 3, 2};
    private static final byte[] SUBJECT_ALTERNATIVE_NAME = {0x55, 0x1D, 17};
    private static final byte[] BASIC_CONSTRAINTS = {0x55, 0x1D, 19};
    private static final byte[] TRUE = {(byte) 0xFF};

    private static final int BOOLEAN = 0x01;
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int UTC_TIME = 0x17;
    private static final int SEQUENCE = 0x30;
    private static final int DNS_NAME = 0x82;
    private static final int IP_ADDRESS = 0x87;

    /** How times are written until 2049. */
    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private Certificates() {}

    /**
     * Whom a certificate is for.
     *
     * @param names host names and IPv4 addresses; none for an authority
     */
    record Subject(
            String distinguishedName, PublicKey key, boolean authority, List<String> names, Instant from, Instant to) {}

    /** The certificate in DER. */
    static byte[] signed(Subject subject, String issuer, PrivateKey signer, long serial) {
        byte[] algorithm = tag(SEQUENCE, tag(OBJECT_IDENTIFIER, ECDSA_WITH_SHA256));
        byte[] content = tag(
                SEQUENCE,
                tag(0xA0, integer(2)), // version 3
                integer(serial),
                algorithm,
                new X500Principal(issuer).getEncoded(),
                tag(SEQUENCE, time(subject.from()), time(subject.to())),
                new X500Principal(subject.distinguishedName()).getEncoded(),
                subject.key().getEncoded(),
                tag(0xA3, tag(SEQUENCE, extensions(subject))));
        return tag(SEQUENCE, content, algorithm, bits(signature(content, signer)));
    }

    private static byte[] extensions(Subject subject) {
        byte[] constraints = subject.authority() ? tag(SEQUENCE, tag(BOOLEAN, TRUE)) : tag(SEQUENCE);
        byte[] basic = tag(
                SEQUENCE,
                tag(OBJECT_IDENTIFIER, BASIC_CONSTRAINTS),
                tag(BOOLEAN, TRUE), // critical
                tag(OCTET_STRING, constraints));
        if (subject.names().isEmpty()) {
            return basic;
        }
        byte[] names =
                tag(SEQUENCE, subject.names().stream().map(Certificates::name).toArray(byte[][]::new));
        return joined(basic, tag(SEQUENCE, tag(OBJECT_IDENTIFIER, SUBJECT_ALTERNATIVE_NAME), tag(OCTET_STRING, names)));
    }

    private static byte[] name(String name) {
        if (!name.matches("\\d+(\\.\\d+){3}")) {
            return tag(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII));
        }
        int[] parts =
                Arrays.stream(name.split("\\.", -1)).mapToInt(Integer::parseInt).toArray();
        byte[] address = new byte[parts.length];
        for (int i = 0; i < parts.length; i++) {
            address[i] = (byte) parts[i];
        }
        return tag(IP_ADDRESS, address);
    }

    private static byte[] signature(byte[] content, PrivateKey signer) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(signer);
            signature.update(content);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK cannot sign", e);
        }
    }

    private static byte[] integer(long value) {
        return tag(INTEGER, BigInteger.valueOf(value).toByteArray());
    }

    private static byte[] time(Instant instant) {
        return tag(UTC_TIME, UTC.format(instant).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] bits(byte[] whole) {
        return tag(BIT_STRING, new byte[1], whole); // no unused bits
    }

    private static byte[] tag(int tag, byte[]... parts) {
        byte[] content = joined(parts);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            byte[] length = BigInteger.valueOf(content.length).toByteArray();
            int from = length[0] == 0 ? 1 : 0;
            out.write(0x80 | (length.length - from));
            out.write(length, from, length.length - from);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
