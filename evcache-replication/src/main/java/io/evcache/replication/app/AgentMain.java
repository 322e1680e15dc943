package io.evcache.replication.app;

import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.core.tls.ServerTls;
import io.evcache.replication.agent.ReplicationAgent;
import io.evcache.replication.link.LinkServerConfig;
import io.evcache.replication.metrics.ReplicationMetrics;
import java.time.Duration;
import java.util.Optional;

/**
 * Runs an agent. One argument, a properties file:
 *
 * <pre>
 * region=us-east-1                          this region; required
 * zones=a=10.1.0.1:11211;b=10.1.1.1:11211   its zones and nodes, as the applications name them; required
 * local.zone=a                              default: the first
 * ring.dialect=libmemcached                 as the applications have it
 * keep.together.before=/                    as the applications have it; default: whole keys are hashed
 * big.values.max.bytes=8388608              as the applications have it; default 0: they store none
 * big.values.chunk.bytes=1047552            as the applications have it; default: max.value.bytes
 * zones.tls=AUTHORITIES                     or AUTHORITIES,CHAIN,KEY, or system: PEM files for TLS to memcached; default: plaintext
 * listen=0.0.0.0:7411                       default 127.0.0.1:7411; port 0 for any
 * listen.tls=CHAIN,KEY,AUTHORITIES          PEM files: the agent's certificate, its key, and who signs relays' certificates; without the last everybody is let in.
 *                                           Default: plaintext, for trusted networks only
 * max.connections=64
 * write.timeout=1s
 * read.timeout=500ms                        not used by an agent, accepted so that both programs can share a file's head
 * max.value.bytes=1047552                   longer values are rejected, which makes them dead letters, unless big.values; at most 2097152
 * status.interval=10s
 * </pre>
 *
 * <p>{@code docs/reference/replication-settings.md} says what each may be. Durations are a number and ms, s, min, h or d, and more than zero. Logs a line of counters each {@code status.interval}. With Micrometer on the class path, its meters are in {@code Metrics.globalRegistry}; add a registry of your monitoring
 * system to that, and then call {@link #main}.
 *
 * <p>Prints {@code READY host:port} and runs until SIGTERM or SIGINT. Exits with 2 and says everything that is wrong if the file is wrong; with 1 if it cannot start otherwise, such as on a port in use.
 */
public final class AgentMain {
    private AgentMain() {}

    /** Runs until the process is told to end; does not return before, unless the file is wrong. */
    public static void main(String[] arguments) {
        Program.main("evcache-agent", arguments, AgentMain::start);
    }

    static Program.Running start(Settings settings) {
        EvCacheConfig cache = ZoneSettings.read(settings, "evcache-agent");
        String listen = settings.text("listen", "127.0.0.1:7411");
        HostPort address = settings.build(HostPort.NONE, s -> HostPort.parse("listen", listen));
        Optional<ServerTls> tls = settings.optional("listen.tls", ServerTls::parse);
        int maxConnections = settings.number("max.connections", 64, 1, 10_000);
        Duration interval = settings.duration("status.interval", Duration.ofSeconds(10));
        settings.check();

        Parts parts = new Parts();
        Optional<ReplicationMetrics> meters = GlobalMeters.bind(parts);
        EvCacheClient client = parts.add(EvCacheClient.connect(cache));
        LinkServerConfig plain = LinkServerConfig.of(cache.region(), address.host(), address.port())
                .withMaxConnections(maxConnections);
        LinkServerConfig link = tls.map(plain::withTls).orElse(plain);
        ReplicationAgent agent = parts.add(ReplicationAgent.start(link, client));
        meters.ifPresent(shown -> {
            shown.client(client);
            shown.agent(cache.region(), agent::stats);
        });
        String bound = address.host() + ":" + agent.address().getPort();
        return new Program.Running(parts, bound, () -> agent.stats().toString(), interval);
    }
}
