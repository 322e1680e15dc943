package io.evcache.core.transport;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evcache.core.command.Get;
import io.evcache.core.command.Get.Wants;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.ServerError;
import io.evcache.core.error.UnsupportedCommand;
import io.evcache.core.key.Key;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.value.Ttl;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator can ask of a server, whatever the transport and the server. */
abstract class NodeAdminContract extends OnOneServer {

    /** Whether the transport can list items; one that cannot must say so. */
    protected boolean listsItems() {
        return true;
    }

    @Test
    void serverAnswersAPing() throws Exception {
        assertThat(result(admin().ping())).isNull();
    }

    @Test
    void serverTellsItsVersion() throws Exception {
        assertThat(result(admin().version())).matches("1\\.\\d+\\.\\d+.*");
    }

    @Test
    void serverTellsItsStatistics() throws Exception {
        Map<String, String> general = result(admin().statistics());
        Map<String, String> settings = result(admin().statistics("settings"));

        assertThat(general).containsKeys("pid", "uptime", "curr_items", "get_hits");
        assertThat(general).containsEntry("version", result(admin().version()));
        assertThat(settings).containsKeys("maxbytes", "item_size_max").doesNotContainKey("get_hits");
    }

    @Test
    void statisticsThatTheServerDoesNotHaveAreItsError() {
        assertThatThrownBy(() -> result(admin().statistics("nonsense"))).isInstanceOf(ServerError.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a\r\nflush_all", "schlüssel"})
    void argumentThatIsNoWordIsRefusedBeforeItIsSent(String argument) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> admin().statistics(argument))
                .withMessageContaining("stats");
    }

    @Test
    void serverThatIsNotThereIsUnavailable() throws IOException {
        int nobody;
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = socket.getLocalPort();
        }
        // spymemcached does not tell a refusal from silence.
        try (Transport transport = start(TransportConfig.defaults().withConnectTimeout(Duration.ofMillis(300)))) {
            NodeAdmin admin = transport.admin(new NodeAddress("127.0.0.1", nobody));

            assertThatThrownBy(() -> result(admin.ping())).isInstanceOf(NodeUnavailable.class);
            assertThatThrownBy(() -> result(admin.statistics())).isInstanceOf(NodeUnavailable.class);
        }
    }

    @Test
    void itemsAreRefusedClearlyWhereTheyCannotBeListed() {
        ItemGatherer gatherer = ItemGatherer.of(admin().items(ItemScope.hashTable()), 1);

        if (listsItems()) {
            assertThat(gatherer.end()).succeedsWithin(Duration.ofSeconds(20));
        } else {
            assertThat(gatherer.end())
                    .failsWithin(Duration.ofSeconds(5))
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(UnsupportedCommand.class)
                    .withMessageContaining("items");
        }
    }

    @Test
    void everyItemIsListedWithWhatIsKnownOfIt() throws Exception {
        if (!listsItems()) {
            return; // refused, as itemsAreRefusedClearlyWhereTheyCannotBeListed says
        }
        long now = Instant.now().getEpochSecond();
        Key awkward = Key.of("schlüssel:日本:%20+&=/?#" + getClass().getSimpleName());
        assertThat(ask(Store.set(awkward, value("x"), Ttl.none()))).isEqualTo(StoreReply.STORED);
        List<Key> keys = store("listed", 300, Ttl.ofSeconds(5_000));
        ask(Get.of(keys.get(7)));

        Map<Key, ItemMetadata> items =
                byKey(ItemGatherer.of(admin().items(ItemScope.hashTable()), 1).all());

        assertThat(items).containsKeys(keys.toArray(Key[]::new));
        assertThat(item(items, awkward).expiresAt()).isEqualTo(ItemMetadata.NEVER);
        ItemMetadata item = item(items, keys.get(7));
        assertThat(item.expiresAt()).isBetween(now + 5_000 - 3, now + 5_000 + 60);
        assertThat(item.lastUsedAt()).isBetween(now - 3, now + 60);
        assertThat(item.read()).isTrue();
        assertThat(item(items, keys.get(8)).read()).isFalse();
        assertThat(item.sizeBytes())
                .isBetween(50L + keys.get(7).length(), 100L + keys.get(7).length());
        assertThat(item.slabClass()).isBetween(1, 63);
        Lookup.Hit hit = (Lookup.Hit) ask(new Get(keys.get(7), Wants.VALUE.withCas()));
        assertThat(item.cas()).isEqualTo(hit.cas());
    }

    @Test
    void slabClassCanBeListedAlone() throws Exception {
        if (!listsItems()) {
            return;
        }
        List<Key> small = store("small", 20, Ttl.none());
        Key big = key("big-class");
        ask(Store.set(big, value("x".repeat(5_000)), Ttl.none()));
        Map<Key, ItemMetadata> all =
                byKey(ItemGatherer.of(admin().items(ItemScope.hashTable()), 1).all());
        int slabClass = item(all, big).slabClass();

        List<ItemMetadata> items = ItemGatherer.of(admin().items(ItemScope.slabClasses(slabClass)), 1)
                .all();

        assertThat(items).allMatch(item -> item.slabClass() == slabClass);
        assertThat(byKey(items)).containsKey(big).doesNotContainKeys(small.toArray(Key[]::new));
    }

    @Test
    void subscriberSetsThePaceAndCommandsGoOnMeanwhile() throws Exception {
        if (!listsItems()) {
            return;
        }
        List<Key> keys = store("paced", 2_000, Ttl.none());

        ItemGatherer gatherer = ItemGatherer.waiting(admin().items(ItemScope.hashTable()));
        gatherer.subscription().request(3);
        await().atMost(Duration.ofSeconds(20)).until(() -> gatherer.items().size() == 3);
        assertThat(ask(Get.of(keys.get(0)))).isInstanceOf(Lookup.Hit.class);
        result(admin().ping());
        assertThat(gatherer.items()).hasSize(3);
        gatherer.subscription().request(Long.MAX_VALUE);

        assertThat(byKey(gatherer.all())).containsKeys(keys.toArray(Key[]::new));
    }

    @Test
    void cancelledWalkEndsAndTheNextBegins() throws Exception {
        if (!listsItems()) {
            return;
        }
        List<Key> keys = store("cancelled", 2_000, Ttl.none());

        ItemGatherer first = ItemGatherer.waiting(admin().items(ItemScope.hashTable()));
        first.subscription().request(1);
        await().atMost(Duration.ofSeconds(20)).until(() -> first.items().size() == 1);
        first.subscription().cancel();
        ItemGatherer second = ItemGatherer.of(admin().items(ItemScope.hashTable()), 1_000);

        assertThat(byKey(second.all())).containsKeys(keys.toArray(Key[]::new));
        assertThat(first.items()).hasSize(1);
        assertThat(first.end()).isNotDone();
    }

    private NodeAdmin admin() {
        return transport().admin(node());
    }

    private List<Key> store(String name, int count, Ttl ttl) {
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Key key = key(name + i);
            assertThat(ask(Store.set(key, value("x"), ttl))).isEqualTo(StoreReply.STORED);
            keys.add(key);
        }
        return keys;
    }

    private static Map<Key, ItemMetadata> byKey(List<ItemMetadata> items) {
        return items.stream().collect(Collectors.toMap(ItemMetadata::key, item -> item, (first, second) -> second));
    }

    private static ItemMetadata item(Map<Key, ItemMetadata> items, Key key) {
        return requireNonNull(items.get(key), key::toString);
    }

    private static <T> T result(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
