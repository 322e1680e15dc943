package io.evcache.testkit.server;

import java.nio.charset.StandardCharsets;

/** The protocol's fixed words as bytes. The arrays are shared: never write to them. */
final class Words {
    static final byte[] NONE = new byte[0];

    static final byte[] ERROR = line("ERROR");
    static final byte[] BAD_FORMAT = line("CLIENT_ERROR bad command line format");
    static final byte[] BAD_TOKEN = line("CLIENT_ERROR bad token in command line format");
    static final byte[] BAD_CHUNK = line("CLIENT_ERROR bad data chunk");
    static final byte[] BAD_EXPTIME = line("CLIENT_ERROR invalid exptime argument");
    static final byte[] BAD_DELTA = line("CLIENT_ERROR invalid numeric delta argument");
    static final byte[] NOT_NUMERIC = line("CLIENT_ERROR cannot increment or decrement non-numeric value");
    static final byte[] DELETE_USAGE = line("CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]");
    static final byte[] TOO_LARGE = line("SERVER_ERROR object too large for cache");

    static final byte[] TOO_MANY_FLAGS = line("CLIENT_ERROR options flags too long");
    static final byte[] TOO_MANY_GET_FLAGS = line("CLIENT_ERROR options flags are too long");
    static final byte[] INVALID_FLAG = line("CLIENT_ERROR invalid flag");
    static final byte[] DUPLICATE_FLAG = line("CLIENT_ERROR duplicate flag");
    static final byte[] INVALID_OR_DUPLICATE_FLAG = line("CLIENT_ERROR invalid or duplicate flag");
    static final byte[] UNDECODABLE_KEY = line("CLIENT_ERROR error decoding key");
    static final byte[] LONG_OPAQUE = line("CLIENT_ERROR opaque token too long");
    static final byte[] BAD_META_DELTA = line("CLIENT_ERROR invalid numeric delta value");
    static final byte[] BAD_META_INITIAL = line("CLIENT_ERROR invalid numeric initial value");
    static final byte[] MODE_LENGTH = line("CLIENT_ERROR incorrect length for M token");
    static final byte[] BAD_SET_MODE = line("CLIENT_ERROR invalid mode for ms M token");
    static final byte[] BAD_ARITHMETIC_MODE = line("CLIENT_ERROR invalid mode for ma M token");

    static final byte[] STORED = line("STORED");
    static final byte[] NOT_STORED = line("NOT_STORED");
    static final byte[] EXISTS = line("EXISTS");
    static final byte[] NOT_FOUND = line("NOT_FOUND");
    static final byte[] DELETED = line("DELETED");
    static final byte[] TOUCHED = line("TOUCHED");
    static final byte[] END = line("END");
    static final byte[] OK = line("OK");
    static final byte[] RESET = line("RESET");
    static final byte[] BAD_CLASS = line("BADCLASS invalid class id");
    static final byte[] MN = line("MN");

    static final byte[] HD = ascii("HD");
    static final byte[] NS = ascii("NS");
    static final byte[] EX = ascii("EX");
    static final byte[] NF = ascii("NF");
    static final byte[] EN = ascii("EN");
    static final byte[] VA = ascii("VA ");
    static final byte[] VALUE = ascii("VALUE ");
    static final byte[] CRLF = ascii("\r\n");

    private Words() {}

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] line(String text) {
        return ascii(text + "\r\n");
    }
}
