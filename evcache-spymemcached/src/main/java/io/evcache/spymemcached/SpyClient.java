package io.evcache.spymemcached;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.List;
import net.spy.memcached.ConnectionFactory;
import net.spy.memcached.MemcachedClient;
import net.spy.memcached.MemcachedNode;

/** A client with a single node, whose thread has a name of ours instead of one that spymemcached makes up, and which can be given up. */
class SpyClient extends MemcachedClient {

    SpyClient(ConnectionFactory factory, InetSocketAddress node, String thread) throws IOException {
        super(factory, List.of(node));
        mconn.setName(thread);
    }

    /**
     * Has the kernel forget what it has not sent, once this is shut down. Where the network comes back after a while it would deliver that, perhaps after what was written since over the next connection: an older value would take
     * the place of a newer one.
     */
    final void forgetUnsent() {
        try {
            for (MemcachedNode node : mconn.getLocator().getAll()) {
                SocketChannel channel = node.getChannel();
                if (channel != null) {
                    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                }
            }
        } catch (IOException e) {
            // it is closed already, or some systems refuse it where the other side has closed, and nothing is left to
            // send
        }
    }
}
