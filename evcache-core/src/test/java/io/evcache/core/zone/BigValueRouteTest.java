package io.evcache.core.zone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.command.Command;
import io.evcache.core.command.Delete;
import io.evcache.core.command.DeleteReply;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Route;
import io.evcache.core.command.Store;
import io.evcache.core.command.Store.Mode;
import io.evcache.core.command.StoreReply;
import io.evcache.core.command.Touch;
import io.evcache.core.command.TouchReply;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.evcache.core.value.ValueFlags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BigValueRouteTest {

    static final Deadline DEADLINE = Deadline.after(Duration.ofSeconds(1), Ticker.system());

    private static final int CHUNK = 10;
    private static final int MAX = 100;
    private static final Key KEY = Key.of("user:42");
    private static final Ttl TTL = Ttl.ofSeconds(60);

    private final ScrambledZone zone = new ScrambledZone(1);
    private final Route route = new BigValueRoute(zone, new BigValues(CHUNK, MAX));

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 9, 10, 11, 19, 20, 21, 29, 30, 31, 99, 100})
    void valueOfEachBorderSizeSurvivesWithItsFlags(int length) {
        EncodedValue value = new EncodedValue(noise(length), 0x0002_0302);

        StoreReply stored = zone.ask(route, Store.set(KEY, value, TTL));

        assertThat(stored).isEqualTo(StoreReply.STORED);
        assertThat(zone.items).hasSize(length <= CHUNK ? 1 : 1 + (length + CHUNK - 1) / CHUNK);
        assertThat(zone.items.values())
                .allSatisfy(
                        item -> assertThat(item.value().length()).isLessThanOrEqualTo(length <= CHUNK ? CHUNK : 50));
        assertThat(zone.ask(route, Get.of(KEY)))
                .isInstanceOfSatisfying(
                        Lookup.Hit.class, hit -> assertThat(hit.value()).isEqualTo(value));
    }

    @Test
    void valueOverTheTotalIsRefusedAndNothingIsSent() {
        assertThatThrownBy(() -> zone.ask(route, Store.set(KEY, value(MAX + 1), TTL)))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("101 bytes for user:42 is over maxTotalBytes = 100");
        assertThat(zone.sent).isEmpty();
    }

    @Test
    void smallValuesAreOneCommandEach() {
        StoreReply stored = zone.ask(route, Store.set(KEY, value(CHUNK), TTL));
        Lookup found = zone.ask(route, Get.of(KEY));
        DeleteReply deleted = zone.ask(route, Delete.of(KEY));

        assertThat(List.of(stored, found, deleted)).hasSize(3);
        assertThat(zone.sent).hasSize(3);
    }

    @Test
    void manifestIsSentAfterEveryChunkIsStored() {
        Pending<StoreReply> answer = route.send(Store.set(KEY, value(95), TTL), DEADLINE);

        while (!zone.items.containsKey(KEY)) {
            assertThat(zone.step()).isTrue();
        }

        assertThat(zone.items).as("ten chunks and the manifest").hasSize(11);
        assertThat(answer.isSettled()).isFalse();
        assertThat(zone.item(KEY).value().flags()).isEqualTo(0x0001_0800);
    }

    @Test
    void hitCarriesWhatTheManifestsItemSays() {
        StoreReply stored = zone.ask(route, Store.set(KEY, value(25), TTL));

        Lookup.Hit hit = (Lookup.Hit) zone.ask(route, Get.of(KEY));

        assertThat(stored).isEqualTo(StoreReply.STORED);
        assertThat(hit.cas()).isEqualTo(zone.item(KEY).cas());
        assertThat(hit.ttlSeconds()).isEqualTo(60);
        assertThat(hit.lease()).isEqualTo(Lease.NONE);
    }

    @Test
    void metadataIsThatOfTheWholeValue() {
        EncodedValue value = new EncodedValue(noise(25), 0x0302);
        StoreReply stored = zone.ask(route, Store.set(KEY, value, TTL));

        Lookup.Hit hit = (Lookup.Hit) zone.ask(route, new Get(KEY, Get.Wants.METADATA));

        assertThat(stored).isEqualTo(StoreReply.STORED);
        assertThat(hit.hasValue()).isFalse();
        assertThat(hit.flags()).isEqualTo(0x0302);
        assertThat(hit.usage().sizeBytes()).isEqualTo(25);
        assertThat(hit.cas()).isEqualTo(zone.item(KEY).cas());
    }

    @Test
    void metadataOfAValueThatGoesMeanwhileIsAMiss() {
        StoreReply stored = zone.ask(route, Store.set(KEY, value(25), TTL));
        Pending<Lookup> answer = route.send(new Get(KEY, Get.Wants.METADATA), DEADLINE);
        zone.step();
        zone.items.clear();
        zone.run();

        assertThat(stored).isEqualTo(StoreReply.STORED);
        assertThat(answer.value()).isEqualTo(Lookup.Miss.PLAIN);
    }

    @Test
    void readThatGivesANewLifeGivesItToTheChunksToo() {
        StoreReply stored = zone.ask(route, Store.set(KEY, value(25), TTL));
        Ttl longer = Ttl.ofSeconds(600);

        Lookup read = zone.ask(route, new Get(KEY, Get.Wants.VALUE.withTouch(longer)));

        assertThat(stored).isEqualTo(StoreReply.STORED);
        assertThat(read).isInstanceOf(Lookup.Hit.class);
        assertThat(zone.item(KEY).ttl()).isEqualTo(longer);
        assertThat(chunks())
                .hasSize(3)
                .allSatisfy(
                        chunk -> assertThat(zone.item(chunk).ttl().seconds()).isGreaterThan(600));
    }

    @Test
    void lossOfAnyChunkIsAMissThatAnAddCanRepair() {
        for (int lost = 0; lost < 10; lost++) {
            store(value(95));
            zone.items.remove(chunks().get(lost));

            assertThat(zone.ask(route, Get.of(KEY))).as("chunk %d", lost).isEqualTo(Lookup.Miss.PLAIN);
            assertThat(zone.ask(route, Store.add(KEY, value(31), TTL))).isEqualTo(StoreReply.STORED);
            assertThat(zone.ask(route, Get.of(KEY))).isInstanceOf(Lookup.Hit.class);

            zone.items.clear();
        }
    }

    @Test
    void chunkThatIsNotWhatWasStoredIsAMiss() {
        List<EncodedValue> damaged = List.of(
                new EncodedValue(new byte[9], ValueFlags.BYTES),
                new EncodedValue(new byte[11], ValueFlags.BYTES),
                new EncodedValue(new byte[0], ValueFlags.BYTES),
                new EncodedValue(new byte[10], ValueFlags.STRING),
                new EncodedValue(new byte[10], ValueFlags.BYTES));
        for (EncodedValue chunk : damaged) {
            store(value(95));
            zone.put(chunks().get(3), chunk);

            assertThat(zone.ask(route, Get.of(KEY))).as("%s", chunk).isEqualTo(Lookup.Miss.PLAIN);
        }
    }

    @Test
    void manifestThatWasDamagedIsAMiss() {
        store(value(95));
        EncodedValue manifest = zone.item(KEY).value();
        for (int length = 0; length <= manifest.length() + 1; length++) {
            if (length == manifest.length()) {
                continue;
            }
            zone.put(KEY, new EncodedValue(Arrays.copyOf(manifest.bytes(), length), manifest.flags()));

            assertThat(zone.ask(route, Get.of(KEY))).as("%d bytes", length).isEqualTo(Lookup.Miss.PLAIN);
            assertThat(zone.items).as("removed").doesNotContainKey(KEY);
        }
    }

    @Test
    void flippedBitsOfAManifestNeverGiveAnotherValue() {
        EncodedValue value = value(95);
        store(value);
        ScrambledZone.Item intact = zone.item(KEY);
        Random random = new Random(5);
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = intact.value().bytes().clone();
            int at = random.nextInt(bytes.length);
            boolean inFlags = at >= 1 && at < 5;
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            zone.put(KEY, new EncodedValue(bytes, intact.value().flags()));
            try {
                Lookup found = zone.ask(route, Get.of(KEY));
                if (found instanceof Lookup.Hit hit) {
                    assertThat(inFlags).isTrue();
                    assertThat(hit.value().bytes()).isEqualTo(value.bytes());
                }
            } catch (CodecFailure tooLarge) {
                assertThat(tooLarge).hasMessageContaining("maxTotalBytes");
            }
        }
    }

    @Test
    void hostileManifestIsRefusedBeforeAnythingIsAllocatedOrAsked() {
        zone.put(KEY, new Manifest(0, Integer.MAX_VALUE, Integer.MAX_VALUE, 0, "g").toItem());
        assertThatThrownBy(() -> zone.ask(route, Get.of(KEY)))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("2147483647");

        zone.put(KEY, new Manifest(0, BigValues.MAX_CHUNKS + 1, 1, 0, "g").toItem());
        assertThat(zone.ask(new BigValueRoute(zone, new BigValues(CHUNK, 40_000)), Get.of(KEY)))
                .as("too many chunks")
                .isEqualTo(Lookup.Miss.PLAIN);
    }

    @Test
    void chunkThatCannotBeAskedForIsAFailureAndTheManifestStays() {
        store(value(95));
        Key unreachable = chunks().get(4);
        zone.failing(command -> command.key().equals(unreachable) ? down() : null);

        assertThatThrownBy(() -> zone.ask(route, Get.of(KEY))).isInstanceOf(NodeUnavailable.class);
        assertThat(zone.items).containsKey(KEY);
    }

    @Test
    void writeThatLosesAChunkFailsAndReadersKeepWhatWasThere() {
        EncodedValue before = value(25);
        store(before);
        zone.failing(command -> command.key().toString().endsWith(".7") ? down() : null);

        assertThatThrownBy(() -> zone.ask(route, Store.set(KEY, value(95), TTL)))
                .isInstanceOf(NodeUnavailable.class);
        assertThat(((Lookup.Hit) zone.ask(route, Get.of(KEY))).value()).isEqualTo(before);
    }

    @Test
    void conditionsHoldForTheValueAsAWhole() {
        assertThat(zone.ask(route, store(Mode.REPLACE, 0))).isEqualTo(StoreReply.NOT_STORED);
        assertThat(zone.ask(route, store(Mode.ADD, 0))).isEqualTo(StoreReply.STORED);
        assertThat(zone.ask(route, store(Mode.ADD, 0))).isEqualTo(StoreReply.NOT_STORED);
        long cas = ((Lookup.Hit) zone.ask(route, Get.of(KEY))).cas();
        assertThat(zone.ask(route, store(Mode.SET, cas + 1_000))).isEqualTo(StoreReply.EXISTS);
        assertThat(zone.ask(route, store(Mode.SET, cas))).isEqualTo(StoreReply.STORED);
        assertThat(zone.ask(route, store(Mode.SET, cas))).isEqualTo(StoreReply.EXISTS);
        assertThat(zone.ask(route, Get.of(KEY))).isInstanceOf(Lookup.Hit.class);
    }

    private static Store store(Mode mode, long compare) {
        return new Store(KEY, value(42), TTL, mode, compare, 0);
    }

    @Test
    void versionIsTheManifests() {
        StoreReply stored = zone.ask(route, new Store(KEY, value(42), TTL, Mode.SET, 0, 77));

        assertThat(stored).isEqualTo(StoreReply.STORED);
        assertThat(zone.sent)
                .allSatisfy(command -> assertThat(((Store) command).version())
                        .isEqualTo(command.key().equals(KEY) ? 77 : 0));
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"APPEND", "PREPEND"})
    void extendingALargeValueIsRefusedAndASmallOneIsNot(Mode mode) {
        Store extend = new Store(KEY, value(3), TTL, mode, 0, 0);
        assertThat(zone.ask(route, extend)).isEqualTo(StoreReply.NOT_STORED);
        store(value(5));
        assertThat(zone.ask(route, extend)).isEqualTo(StoreReply.STORED);
        store(value(95));

        assertThatThrownBy(() -> zone.ask(route, extend))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("stored in chunks");
        assertThat(zone.ask(route, Get.of(KEY))).isInstanceOf(Lookup.Hit.class);
    }

    @Test
    void deleteRemovesTheManifestAndChunksWaitForTheirEnd() {
        store(value(95));

        assertThat(zone.ask(route, Delete.of(KEY))).isEqualTo(DeleteReply.DELETED);

        assertThat(zone.ask(route, Get.of(KEY))).isEqualTo(Lookup.Miss.PLAIN);
        assertThat(zone.items.values())
                .hasSize(10)
                .allSatisfy(chunk -> assertThat(chunk.ttl().isNone()).isFalse());
    }

    @Test
    void chunksOutliveTheirManifestByTheTimeTheWriteMayTake() {
        store(value(95));

        assertThat(zone.item(KEY).ttl()).isEqualTo(TTL);
        assertThat(chunks()).allSatisfy(key -> assertThat(zone.item(key).ttl()).isEqualTo(Ttl.ofSeconds(63)));
    }

    @Test
    void touchReachesEveryItem() {
        store(value(95));

        assertThat(zone.ask(route, new Touch(KEY, Ttl.ofSeconds(500)))).isEqualTo(TouchReply.TOUCHED);

        assertThat(zone.item(KEY).ttl()).isEqualTo(Ttl.ofSeconds(500));
        assertThat(chunks()).allSatisfy(key -> assertThat(zone.item(key).ttl()).isEqualTo(Ttl.ofSeconds(503)));
    }

    @Test
    void touchOfSmallAbsentAndLostValuesSaysWhatHappened() {
        Touch touch = new Touch(KEY, Ttl.none());
        assertThat(zone.ask(route, touch)).isEqualTo(TouchReply.NOT_FOUND);
        store(value(5));
        assertThat(zone.ask(route, touch)).isEqualTo(TouchReply.TOUCHED);
        store(value(95));
        zone.items.remove(chunks().get(9));
        assertThat(zone.ask(route, touch)).isEqualTo(TouchReply.NOT_FOUND);
    }

    @Test
    void valueThatIsAManifestOfAnotherZoneIsRefused() {
        EncodedValue foreign = new Manifest(0, 50, 10, 0, "g").toItem();

        assertThatThrownBy(() -> zone.ask(route, Store.set(KEY, foreign, TTL)))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("manifest");
    }

    @Test
    void longestKeysWork() {
        Key longest = Key.of("k".repeat(Key.MAX_BYTES));
        Key other = Key.of("k".repeat(Key.MAX_BYTES - 1) + "o");
        EncodedValue value = value(95);

        StoreReply first = zone.ask(route, Store.set(longest, value, TTL));
        StoreReply second = zone.ask(route, Store.set(other, value(95), TTL));

        assertThat(List.of(first, second)).containsOnly(StoreReply.STORED);
        assertThat(zone.items).hasSize(22);
        assertThat(((Lookup.Hit) zone.ask(route, Get.of(longest))).value()).isEqualTo(value);
    }

    @Test
    void everyStepHasTheDeadlineOfTheCall() {
        store(value(95));
        Lookup found = zone.ask(route, Get.of(KEY));

        assertThat(found).isInstanceOf(Lookup.Hit.class);
        assertThat(zone.deadlines)
                .hasSize(22)
                .allSatisfy(each -> assertThat(each).isSameAs(DEADLINE));
    }

    @Test
    void callThatItsCallerGaveUpSendsNothingMore() {
        Pending<StoreReply> abandoned = route.send(Store.set(KEY, value(95), TTL), DEADLINE);
        int sentAtOnce = zone.sent.size();
        boolean gaveUp = abandoned.fail(new DeadlineExceeded("enough", true));

        zone.run();

        assertThat(gaveUp).isTrue();
        assertThat(zone.sent).hasSize(sentAtOnce);
        assertThat(sentAtOnce).as("a few at a time").isLessThan(10);
        assertThat(zone.items).doesNotContainKey(KEY);
    }

    @Test
    void blockingCallerIsToldWhatDidNotAnswer() {
        Deadline passed = Deadline.after(Duration.ofMillis(1), Ticker.system());
        Pending<Lookup> answer = route.send(Get.of(KEY), passed);

        assertThatThrownBy(() -> answer.await(passed))
                .isInstanceOf(DeadlineExceeded.class)
                .hasMessageContaining("get user:42");
    }

    @Test
    void answersThatAreThereAtOnceDoNotFillTheStack() {
        Route immediate = new Route() {
            @Override
            public <R extends Reply> Pending<R> send(Command<R> command, Deadline deadline) {
                Pending<R> answer = zone.send(command, deadline);
                zone.run();
                return answer;
            }
        };
        Route chopped = new BigValueRoute(immediate, new BigValues(1, BigValues.MAX_CHUNKS));
        EncodedValue value = value(BigValues.MAX_CHUNKS);

        StoreReply stored = zone.ask(chopped, Store.set(KEY, value, TTL));

        assertThat(stored).isEqualTo(StoreReply.STORED);
        assertThat(((Lookup.Hit) zone.ask(chopped, Get.of(KEY))).value()).isEqualTo(value);
    }

    /** Writers and readers of the same keys, whose commands and answers overtake each other at will. */
    @Test
    void readersSeeOneWholeValueThatSomebodyWroteWhateverOvertakesWhat() {
        long base = Long.getLong("evcache.test.seed", new Random().nextLong());
        for (long seed = base; seed < base + 300; seed++) {
            Random random = new Random(seed);
            ScrambledZone shared = new ScrambledZone(seed);
            List<Route> writers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                writers.add(new BigValueRoute(shared, new BigValues(5 + random.nextInt(6), MAX)));
            }
            boolean chunksGetLost = random.nextBoolean();
            List<EncodedValue> written = new ArrayList<>();
            List<Pending<Lookup>> reads = new ArrayList<>();

            for (int i = 0; i < 40; i++) {
                Route writer = writers.get(random.nextInt(3));
                if (random.nextBoolean()) {
                    byte[] bytes = new byte[8 + 13 * random.nextInt(4)]; // equal lengths are common, so parts would fit
                    random.nextBytes(bytes);
                    EncodedValue value = new EncodedValue(bytes, ValueFlags.BYTES);
                    written.add(value);
                    Mode mode = random.nextInt(5) == 0 ? Mode.ADD : Mode.SET;
                    Pending<StoreReply> unused = writer.send(new Store(KEY, value, TTL, mode, 0, 0), DEADLINE);
                } else {
                    reads.add(writer.send(Get.of(KEY), DEADLINE));
                }
                for (int n = random.nextInt(30); n > 0; n--) {
                    boolean unused = shared.step();
                }
                if (chunksGetLost && random.nextInt(4) == 0) {
                    List<Key> stored = shared.keys(value -> !Manifest.is(value.flags()));
                    shared.items
                            .keySet()
                            .removeAll(stored.isEmpty() ? stored : List.of(stored.get(random.nextInt(stored.size()))));
                }
            }
            shared.run();
            reads.add(writers.get(0).send(Get.of(KEY), DEADLINE));
            shared.run();

            for (Pending<Lookup> read : reads) {
                if (read.value() instanceof Lookup.Hit hit) {
                    assertThat(written).as("seed %d", seed).contains(hit.value());
                } else {
                    assertThat(read.value())
                            .as("seed %d, %s", seed, read.failure())
                            .isEqualTo(Lookup.Miss.PLAIN);
                }
            }
            if (!chunksGetLost && !written.isEmpty()) {
                assertThat(reads.get(reads.size() - 1).value())
                        .as("seed %d, nothing lost, so the last read finds a value", seed)
                        .isInstanceOf(Lookup.Hit.class);
            }
        }
    }

    @Test
    void limitsAreChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BigValues(0, 10))
                .withMessageContaining("chunkBytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BigValues(10, 9))
                .withMessageContaining("maxTotalBytes");
        assertThatIllegalArgumentException().isThrownBy(() -> new BigValues(10, 40_961));
        BigValues defaults = BigValues.of(TransportConfig.defaults());
        assertThat(defaults.chunkBytes()).isEqualTo((1 << 20) - 1_024);
        assertThat(defaults.maxTotalBytes()).isEqualTo(8 << 20);
        assertThat(defaults.withMaxTotalBytes(16 << 20).maxTotalBytes()).isEqualTo(16 << 20);
    }

    private void store(EncodedValue value) {
        StoreReply stored = zone.ask(route, Store.set(KEY, value, TTL));
        assertThat(stored).isEqualTo(StoreReply.STORED);
    }

    /** The chunks of the newest value under the key. */
    private List<Key> chunks() {
        Manifest manifest = Manifest.read(zone.item(KEY).value()).orElseThrow();
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < manifest.chunks(); i++) {
            keys.add(manifest.chunkKey(KEY, i));
        }
        return keys;
    }

    private static NodeUnavailable down() {
        return new NodeUnavailable(NodeUnavailable.Reason.NOT_CONNECTED, "down", null);
    }

    private static EncodedValue value(int length) {
        return new EncodedValue(noise(length), ValueFlags.BYTES);
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
