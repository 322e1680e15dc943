package io.evcache.replication.app;

/** An address as a user writes it: {@code host:port}. */
record HostPort(String host, int port) {
    static final HostPort NONE = new HostPort("", 0);

    static HostPort parse(String key, String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException(key + " must be host:port, was '" + text + "'");
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException(key + " has port " + port + ", must be 0 to 65535");
            }
            return new HostPort(text.substring(0, colon), port);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(key + " must be host:port, was '" + text + "'", e);
        }
    }
}
