package io.evcache.interop;

import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import net.spy.memcached.MemcachedNode;

/** Nodes that have an address and nothing else, for the rings of others. */
final class FakeNodes {
    private FakeNodes() {}

    static MemcachedNode at(InetSocketAddress address) {
        return (MemcachedNode) Proxy.newProxyInstance(
                MemcachedNode.class.getClassLoader(),
                new Class<?>[] {MemcachedNode.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "getSocketAddress" -> address;
                    case "isActive" -> true;
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    case "toString" -> address.toString();
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }
}
