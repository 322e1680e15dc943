package io.evcache.client;

import io.evcache.testkit.FaultProxy;
import io.evcache.testkit.LocalMemcached;
import io.evcache.testkit.LocalZones;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** Breaks servers, and the wires to them, at random. The same seed strikes in the same order. Confined to one thread but for the connect string. */
final class Nemesis implements AutoCloseable {
    /** Of so many strikes one heals a node, so that some are well at any time. */
    private static final int HEALS_ONE_OF = 3;

    enum Fault {
        KILL,
        RESTART,
        HANG,
        RESUME,
        RESET,
        TRUNCATED_REPLY,
        TRUNCATED_REQUEST,
        GARBAGE_BEFORE_REPLY,
        GARBAGE_FOR_REPLY,
        GARBAGE_FOR_REQUEST,
        DUPLICATE_REPLY,
        DUPLICATE_REQUEST,
        LOST_REPLY,
        SINGLE_BYTES,
        LATENCY,
        BLACK_HOLE,
        HEAL
    }

    private record Node(LocalMemcached server, FaultProxy proxy) {}

    private static final Fault[] FAULTS = Fault.values();

    private final SplittableRandom random;
    private final List<Node> nodes = new ArrayList<>();
    private final String connectString;
    private final Map<Fault, Integer> struck = new EnumMap<>(Fault.class);

    /** Puts a proxy before each node of the zones. */
    Nemesis(LocalZones zones, long seed) {
        this.random = new SplittableRandom(seed);
        this.connectString = zones.zoneNames().stream()
                .map(zone -> zone + "="
                        + zones.nodes(zone).stream().map(this::proxied).collect(Collectors.joining(",")))
                .collect(Collectors.joining(";"));
    }

    private String proxied(LocalMemcached server) {
        FaultProxy proxy = FaultProxy.to(server.address());
        nodes.add(new Node(server, proxy));
        return proxy.address();
    }

    /** The zones, reached through the proxies. */
    String connectString() {
        return connectString;
    }

    /** Does one thing to one node; returns how long to let it be. */
    Duration strike() {
        Node node = nodes.get(random.nextInt(nodes.size()));
        Fault fault = random.nextInt(HEALS_ONE_OF) == 0 ? Fault.HEAL : FAULTS[random.nextInt(FAULTS.length)];
        struck.merge(fault, 1, Integer::sum);
        strike(node, fault);
        return Duration.ofMillis(random.nextInt(10, 300));
    }

    /** Makes every node and every wire well. */
    void healAll() {
        nodes.forEach(this::heal);
    }

    private void strike(Node node, Fault fault) {
        FaultProxy proxy = node.proxy;
        switch (fault) {
            case KILL -> node.server.kill();
            case RESTART -> node.server.restart();
            case HANG -> {
                if (node.server.isRunning()) {
                    node.server.hang();
                }
            }
            case RESUME -> resume(node);
            case RESET -> proxy.resetConnections();
            case TRUNCATED_REPLY -> proxy.toClient().truncateAfter(random.nextInt(2_000));
            case TRUNCATED_REQUEST -> proxy.toServer().truncateAfter(random.nextInt(2_000));
            case GARBAGE_BEFORE_REPLY -> proxy.toClient().inject(garbage());
            case GARBAGE_FOR_REPLY -> proxy.toClient().replace(garbage());
            case GARBAGE_FOR_REQUEST -> proxy.toServer().replace(garbage());
            case DUPLICATE_REPLY -> proxy.toClient().duplicate();
            case DUPLICATE_REQUEST -> proxy.toServer().duplicate();
            case LOST_REPLY -> proxy.toClient().replace(new byte[0]);
            case SINGLE_BYTES -> proxy.toClient().slice(1);
            case LATENCY -> proxy.toClient().latency(Duration.ofMillis(random.nextInt(1, 300)));
            case BLACK_HOLE -> proxy.blackHole();
            case HEAL -> heal(node);
        }
    }

    private void heal(Node node) {
        if (!node.server.isRunning()) {
            node.server.restart();
        }
        resume(node);
        node.proxy.heal();
    }

    private static void resume(Node node) {
        if (node.server.isRunning()) {
            node.server.resume();
        }
    }

    private byte[] garbage() {
        byte[] bytes = new byte[random.nextInt(1, 200)];
        random.nextBytes(bytes);
        return bytes;
    }

    @Override
    public void close() {
        nodes.forEach(node -> node.proxy.close());
    }

    @Override
    public String toString() {
        return "struck " + struck;
    }
}
