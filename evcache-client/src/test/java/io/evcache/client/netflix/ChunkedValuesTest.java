package io.evcache.client.netflix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evcache.client.CasToken;
import io.evcache.client.Detail;
import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome.Status;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.value.Codec;
import io.evcache.core.value.EncodedValue;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkedValuesTest {
    /** What Netflix's client writes about 3,000 bytes {@code i & 0xff} under {@code cid:foo}. */
    private static final String PUBLISHED_TABLE = "4:1099:802:2048:3284572766";

    private static final int PART_BYTES = 1_099;

    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(2, "a", "b");

    private final EmbeddedZones zones = servers.zones();
    private final byte[] value = new byte[3_000];
    private EvCacheClient client;
    private EvCache<byte[]> cache;
    private EvCache<byte[]> raw;

    @BeforeEach
    void chunks() {
        client = EvCacheClient.builder(EvCacheConfig.builder(zones.connectString())
                        .connectTimeout(Duration.ofSeconds(10))
                        .readTimeout(Duration.ofSeconds(10))
                        .writeTimeout(Duration.ofSeconds(10))
                        .writePolicy(WritePolicy.ALL)
                        .build())
                .interceptor(ChunkedValues.of("cid"))
                .connect();
        cache = client.cache("cid", Codec.bytes());
        raw = client.cache("raw", Codec.bytes(), o -> o.plainKeys());
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) i;
        }
        client.cache("raw", Codec.utf8(), o -> o.plainKeys()).set("cid:foo_00", PUBLISHED_TABLE);
        for (int part = 1; part <= 3; part++) {
            byte[] bytes = Arrays.copyOfRange(value, (part - 1) * PART_BYTES, Math.min(3_000, part * PART_BYTES));
            raw.set("cid:foo_0" + part, Arrays.copyOf(bytes, PART_BYTES));
        }
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void valueInChunksIsReadAsOne() {
        assertThat(cache.get("foo")).isEqualTo(value);
        assertThat(cache.get("nothing")).isNull();
        assertThat(client.cache("other", Codec.bytes()).get("foo")).isNull();
    }

    @Test
    void oneItemIsPreferredAndADeleteRemovesBoth() {
        raw.set("cid:foo", new byte[] {1});
        assertThat(cache.get("foo")).containsExactly(1);

        assertThat(cache.delete("foo")).isTrue();

        assertThat(zones.zonesHolding("cid:foo_00")).isEmpty();
        assertThat(cache.get("foo")).isNull();
    }

    /** A set left the table, and the value from before it came back when the new one had expired. */
    @Test
    void setRemovesTheTable() {
        assertThat(cache.set("foo", new byte[] {2})).isTrue();

        assertThat(zones.zonesHolding("cid:foo_00")).isEmpty();
        assertThat(cache.get("foo")).containsExactly(2);
    }

    /** Nobody asked what became of the table: a delete was true, and the value was still there. */
    @Test
    void writeIsNotTrueWhileTheTableMayBeThere() throws Exception {
        String key = keyWhoseTableIsElsewhere("a");
        EmbeddedMemcached ofTable = holding("a", "cid:" + key + "_00");
        ofTable.hang();
        try {
            WriteLatch deleted = cache.async().delete(key);
            WriteLatch stored = cache.async().set(key, value);
            await().until(() -> zones.peek("a", "cid:" + key)
                    .filter(item -> item.value().length > 0)
                    .isPresent());

            assertThat(deleted.await(Duration.ZERO)).isFalse();
            assertThat(stored.byZone().get(0).status()).isEqualTo(Status.PENDING);
            assertThat(stored.now().isMet()).isFalse();

            ofTable.stop();
            WriteResult result = stored.toCompletableFuture().get(10, SECONDS);
            assertThat(result.isMet()).isFalse();
            assertThat(result.zones(Status.UNKNOWN)).containsExactly("a");
            assertThat(deleted.await(Duration.ofSeconds(10))).isFalse();
        } finally {
            ofTable.restart();
        }
    }

    @Test
    void addIsRefusedWhereAValueIsInChunks() throws Exception {
        WriteLatch added = cache.async().add("foo", new byte[] {2});

        assertThat(added.await(Duration.ofSeconds(10))).isFalse();
        assertThat(added.toCompletableFuture().get(10, SECONDS).zones(Status.REFUSED))
                .containsExactly("a", "b");
        assertThat(cache.appendOrAdd("foo", new byte[] {2})).isFalse();
        assertThat(cache.get("foo")).isEqualTo(value);
    }

    @Test
    void addStoresWhereThereIsNothing() throws Exception {
        WriteLatch added = cache.async().add("new", new byte[] {2});

        assertThat(added.toCompletableFuture().get(10, SECONDS).zones(Status.DONE))
                .containsExactly("a", "b");
        assertThat(added.settled().await(Deadline.after(Duration.ofSeconds(10), Ticker.system())))
                .isEqualTo(added.now());
        assertThat(cache.get("new")).containsExactly(2);
        assertThat(cache.add("new", new byte[] {3})).isFalse();
    }

    /** The caller goes on at once; the add follows when all zones have been asked. */
    @Test
    void addThatNobodyWaitsForIsStoredToo() {
        EvCache<byte[]> hasty = client.cache("cid", Codec.bytes(), o -> o.writePolicy(WritePolicy.NONE));

        assertThat(hasty.add("foo", new byte[] {2})).isTrue();
        assertThat(hasty.add("new", new byte[] {2})).isTrue();

        await().until(() -> zones.zonesHolding("cid:new").size() == 2);
        assertThat(zones.zonesHolding("cid:foo")).isEmpty();
    }

    /** The end of a lease, and whatever else has a condition, is about the item that is there. */
    @Test
    void writeWithAConditionLeavesTheTable() {
        cache.set("foo", new byte[] {1});
        CasToken token =
                requireNonNull(cache.lookup("foo", Detail.CAS).details().cas());
        client.cache("raw", Codec.utf8(), o -> o.plainKeys()).set("cid:foo_00", PUBLISHED_TABLE);

        assertThat(cache.compareAndSet("foo", new byte[] {2}, token)).isTrue();

        assertThat(zones.zonesHolding("cid:foo_00")).containsExactly("a", "b");
    }

    private String keyWhoseTableIsElsewhere(String zone) {
        for (int i = 0; ; i++) {
            raw.set("cid:k" + i, new byte[0]);
            raw.set("cid:k" + i + "_00", new byte[0]);
            if (holding(zone, "cid:k" + i) != holding(zone, "cid:k" + i + "_00")) {
                return "k" + i;
            }
        }
    }

    private EmbeddedMemcached holding(String zone, String key) {
        return zones.nodes(zone).stream()
                .filter(node -> node.peek(key).isPresent())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aPartThatIsMissingShortOrDamagedIsAMiss() {
        raw.set("cid:foo_02", new byte[PART_BYTES]);
        assertThat(cache.get("foo")).isNull();
        raw.set("cid:foo_02", new byte[10]);
        assertThat(cache.get("foo")).isNull();
        raw.delete("cid:foo_02");
        assertThat(cache.get("foo")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "text", "1:10:10:0:0", "2:0:0:0:0", "2:10:11:0:0", "99999999:99999999:1:0:0", "4:1:1:0"})
    void whatIsNoTableIsNoValue(String text) {
        assertThat(ChunkTable.parse(new EncodedValue(text.getBytes(UTF_8), 0))).isEmpty();
    }

    @Test
    void publishedTableIsUnderstood() {
        assertThat(ChunkTable.parse(new EncodedValue(PUBLISHED_TABLE.getBytes(UTF_8), 0)))
                .contains(new ChunkTable(3, 1_099, 802, 2_048, 3_284_572_766L))
                .hasValueSatisfying(table -> assertThat(table.bytes()).isEqualTo(3_000));
    }

    @Test
    void cachesMustBeNamed() {
        assertThatThrownBy(ChunkedValues::of).isInstanceOf(IllegalArgumentException.class);
    }
}
