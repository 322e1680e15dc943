package io.evcache.core.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.Arithmetic.Direction;
import io.evcache.core.command.Command;
import io.evcache.core.command.CountReply;
import io.evcache.core.command.Delete;
import io.evcache.core.command.DeleteReply;
import io.evcache.core.command.Feature;
import io.evcache.core.command.Get;
import io.evcache.core.command.Get.Wants;
import io.evcache.core.command.Gets;
import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.command.Store.Mode;
import io.evcache.core.command.StoreReply;
import io.evcache.core.command.Touch;
import io.evcache.core.command.TouchReply;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.ServerError;
import io.evcache.core.error.UnsupportedCommand;
import io.evcache.core.key.Key;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every transport promises, whatever the protocol and the server: the meaning of each command. A subclass says which transport and which server;
 * what the server's {@link Capabilities} do not claim is not asked for.
 */
public abstract class TransportContract extends PipelineContract {
    /** Whether a refused command leaves its connection open, so that its neighbours notice nothing. */
    protected boolean staysOpenWhenACommandIsRefused() {
        return true;
    }

    @Test
    void missingKeyIsAMiss() {
        assertThat(ask(Get.of(key("missing")))).isEqualTo(Lookup.Miss.PLAIN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "plain",
                "a\r\nb",
                "END\r\n",
                "\r\n",
                "VA 3 f0 O1\r\nabc\r\n",
                "HD O1\r\n",
                "blank at the end "
            })
    void valuesComeBackByteForByte(String text) {
        Key key = key("bytes" + text.hashCode());
        EncodedValue value = value(text);

        assertThat(ask(Store.set(key, value, Ttl.none()))).isEqualTo(StoreReply.STORED);

        assertThat(hit(key).value()).isEqualTo(value);
    }

    @Test
    void everyByteValueSurvives() {
        byte[] bytes = new byte[70_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 + i / 256);
        }
        EncodedValue value = new EncodedValue(bytes, 0);

        ask(Store.set(key("binary"), value, Ttl.none()));

        assertThat(hit(key("binary")).value()).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 0x0100, 0x0800, 1 << 16, 1 << 30, Integer.MAX_VALUE})
    void flagsComeBackUntouched(int flags) {
        Key key = key("flags" + flags);

        ask(Store.set(key, new EncodedValue(new byte[] {1}, flags), Ttl.none()));

        assertThat(hit(key).value().flags()).isEqualTo(flags);
    }

    @Test
    void keysOfTheGreatestLengthAndOfAnyLanguage() {
        for (String text :
                List.of("k".repeat(250), "schlüssel:日本:🔑", "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~", "é".repeat(125))) {
            Key key = Key.of(text);

            ask(Store.set(key, value(text), Ttl.none()));

            assertThat(hit(key).value()).isEqualTo(value(text));
            assertThat(ask(Delete.of(key))).isEqualTo(DeleteReply.DELETED);
        }
    }

    @Test
    void manyKeysAreAnsweredAsEachOfThemWouldBe() {
        Key[] keys = new Key[300];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = key("many".repeat(1 + i % 20) + i);
            if (i % 3 != 0) {
                ask(Store.set(keys[i], new EncodedValue(("v" + i).repeat(i % 50).getBytes(UTF_8), i % 7), Ttl.none()));
            }
        }
        Gets gets = new Gets(keys);

        connection().sendAll(gets.all(), deadline());

        assertThat(gets.await(deadline())).isSameAs(gets);
        for (int i = 0; i < keys.length; i++) {
            assertThat(gets.lookup(i)).isEqualTo(ask(Get.of(keys[i])));
        }
        assertThat(connection().inFlight()).isZero();
    }

    @Test
    void addStoresOnlyWhatIsNotThere() {
        Key key = key("add");

        assertThat(ask(Store.add(key, value("first"), Ttl.none()))).isEqualTo(StoreReply.STORED);
        assertThat(ask(Store.add(key, value("second"), Ttl.none()))).isEqualTo(StoreReply.NOT_STORED);
        assertThat(text(key)).isEqualTo("first");
    }

    @Test
    void replaceStoresOnlyWhatIsThere() {
        Key key = key("replace");

        assertThat(ask(store(key, "x", Mode.REPLACE, 0))).isEqualTo(StoreReply.NOT_STORED);
        set(key, "first");
        assertThat(ask(store(key, "second", Mode.REPLACE, 0))).isEqualTo(StoreReply.STORED);
        assertThat(text(key)).isEqualTo("second");
    }

    @Test
    void appendAndPrependKeepTheFlags() {
        Key key = key("append");

        assertThat(ask(store(key, "x", Mode.APPEND, 0))).isEqualTo(StoreReply.NOT_STORED);
        assertThat(ask(store(key, "x", Mode.PREPEND, 0))).isEqualTo(StoreReply.NOT_STORED);
        ask(Store.set(key, new EncodedValue("b".getBytes(UTF_8), 77), Ttl.none()));
        assertThat(ask(store(key, "c", Mode.APPEND, 0))).isEqualTo(StoreReply.STORED);
        assertThat(ask(store(key, "a", Mode.PREPEND, 0))).isEqualTo(StoreReply.STORED);

        assertThat(text(key)).isEqualTo("abc");
        assertThat(hit(key).value().flags()).isEqualTo(77);
    }

    @Test
    void conditionalStoreComparesTheToken() {
        Key key = key("cas");
        assertThat(ask(store(key, "x", Mode.SET, 12_345))).isEqualTo(StoreReply.NOT_FOUND);
        set(key, "first");
        long token = ((Lookup.Hit) ask(new Get(key, Wants.VALUE.withCas()))).cas();
        assertThat(token).isNotZero();

        assertThat(ask(store(key, "second", Mode.SET, token))).isEqualTo(StoreReply.STORED);
        assertThat(ask(store(key, "third", Mode.SET, token))).isEqualTo(StoreReply.EXISTS);
        assertThat(text(key)).isEqualTo("second");
    }

    @Test
    void deleteSaysWhetherThereWasSomething() {
        Key key = key("delete");

        assertThat(ask(Delete.of(key))).isEqualTo(DeleteReply.NOT_FOUND);
        set(key, "x");
        assertThat(ask(Delete.of(key))).isEqualTo(DeleteReply.DELETED);
        assertThat(ask(Get.of(key))).isEqualTo(Lookup.Miss.PLAIN);
    }

    @Test
    void touchSaysWhetherThereIsSomething() {
        Key key = key("touch");

        assertThat(ask(new Touch(key, Ttl.ofSeconds(60)))).isEqualTo(TouchReply.NOT_FOUND);
        set(key, "x");
        assertThat(ask(new Touch(key, Ttl.ofSeconds(60)))).isEqualTo(TouchReply.TOUCHED);
        assertThat(text(key)).isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(longs = {60, 2_592_000, 2_592_001, 31_536_000})
    void itemsLiveAsLongAsTheyAreTold(long seconds) {
        // 30 days and a second is a date in 1970 to the server: stored with success, and gone at once.
        Key stored = key("ttl" + seconds);
        Key touched = key("touched" + seconds);
        ask(Store.set(stored, value("x"), Ttl.ofSeconds(seconds)));
        set(touched, "x");
        ask(new Touch(touched, Ttl.ofSeconds(seconds)));

        assertThat(text(stored)).isEqualTo("x");
        assertThat(text(touched)).isEqualTo("x");
        if (capabilities().leases()) {
            for (Key key : List.of(stored, touched)) {
                Lookup.Hit hit = (Lookup.Hit) ask(new Get(key, Wants.VALUE_AND_TTL));
                assertThat(hit.ttlSeconds()).isBetween(seconds - 3, seconds + 1);
            }
        }
    }

    @Test
    void itemWithoutTtlLivesForEver() {
        if (isRefused(new Get(key("refused"), Wants.VALUE_AND_TTL), Feature.REMAINING_LIFE)) {
            return;
        }
        set(key("for-ever"), "x");

        Lookup.Hit hit = (Lookup.Hit) ask(new Get(key("for-ever"), Wants.VALUE_AND_TTL));

        assertThat(hit.ttlSeconds()).isEqualTo(Lookup.NO_EXPIRY);
    }

    @Test
    void countersAreCreatedOnlyWhenAsked() {
        Key key = key("counter");

        assertThat(count(key, Direction.INCREMENT, 1, OptionalLong.empty())).isEqualTo(CountReply.NOT_FOUND);
        assertThat(count(key, Direction.INCREMENT, 1, OptionalLong.of(5))).isEqualTo(CountReply.of(5));
        assertThat(count(key, Direction.INCREMENT, 10, OptionalLong.of(5))).isEqualTo(CountReply.of(15));
        assertThat(count(key, Direction.DECREMENT, 6, OptionalLong.empty())).isEqualTo(CountReply.of(9));
        assertThat(count(key, Direction.DECREMENT, 1, OptionalLong.empty())).isEqualTo(CountReply.of(8));
        assertThat(text(key).strip()).isEqualTo("8");
    }

    @Test
    void countersStopAtZero() {
        Key key = key("zero");
        set(key, "3");

        assertThat(count(key, Direction.DECREMENT, 10, OptionalLong.empty())).isEqualTo(CountReply.of(0));
    }

    @Test
    void countingTextIsAnErrorThatDisturbsNobody() {
        Key key = key("text");
        set(key, "not a number");

        assertThatThrownBy(() -> count(key, Direction.INCREMENT, 1, OptionalLong.empty()))
                .isInstanceOf(ServerError.class);

        if (!staysOpenWhenACommandIsRefused()) {
            assertThat(connection().closed().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(5));
            return;
        }
        assertThat(text(key)).isEqualTo("not a number");
    }

    @Test
    void valueThatTheServerRefusesIsAnErrorThatDisturbsNobody() {
        Key key = key("big");
        set(key("small"), "x");
        EncodedValue big = new EncodedValue(new byte[MEGABYTE + 100], 0);

        assertThatThrownBy(() -> ask(Store.set(key, big, Ttl.none()))).isInstanceOf(EvCacheException.class);

        if (!staysOpenWhenACommandIsRefused()) {
            assertThat(connection().closed().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(5));
            return;
        }
        assertThat(text(key("small"))).isEqualTo("x");
        assertThat(ask(Get.of(key))).isEqualTo(Lookup.Miss.PLAIN);
    }

    @Test
    void valueJustUnderTheServersLimitIsStored() {
        EncodedValue value = new EncodedValue(new byte[MEGABYTE - 1_024], 0);

        assertThat(ask(Store.set(key("fits"), value, Ttl.none()))).isEqualTo(StoreReply.STORED);
        assertThat(hit(key("fits")).value()).isEqualTo(value);
    }

    /** Others may store what is too large for this client, and many small pieces can add up to it. */
    @Test
    void valueThatIsTooLargeToReadIsAnErrorThatDisturbsNobody() throws Exception {
        set(key("small"), "x");
        ask(Store.set(key("large"), new EncodedValue(new byte[5_000], 0), Ttl.none()));
        TransportConfig narrow = TransportConfig.defaults().withLanes(1).withMaxValueBytes(4_999);

        try (Transport reader = start(narrow)) {
            Connection reading = reader.connect(node(), 0).toCompletableFuture().get(10, TimeUnit.SECONDS);
            Pending<Lookup> large = reading.send(Get.of(key("large")), deadline());
            Pending<Lookup> small = reading.send(Get.of(key("small")), deadline());
            Gets both = new Gets(new Key[] {key("large"), key("small"), key("none")});
            reading.sendAll(both.all(), deadline());

            assertThatThrownBy(() -> large.await(deadline()))
                    .isInstanceOf(CodecFailure.class)
                    .hasMessageContaining("5000 bytes")
                    .hasMessageContaining("maxValueBytes = 4999");
            assertThat(small.await(deadline())).isInstanceOf(Lookup.Hit.class);
            both.await(deadline());
            assertThat(both.failure(0)).isInstanceOf(CodecFailure.class);
            assertThat(both.value(1)).isNotNull();
            assertThat(both.lookup(2)).isEqualTo(Lookup.Miss.PLAIN);
            assertThat(reading.closed().toCompletableFuture()).isNotDone();
        }
    }

    @Test
    void commandAfterTheCloseFails() {
        connection().close();

        assertThatThrownBy(() -> ask(Get.of(key("closed")))).isInstanceOf(NodeUnavailable.class);
        assertThat(connection().closed().toCompletableFuture()).isCompleted();
    }

    @Test
    void oneReaderWinsTheLeaseAndStoresWithIt() {
        if (isRefused(new Get(key("refused"), Wants.VALUE.withLease(30)), Feature.LEASES)) {
            return;
        }
        Key key = key("lease");
        Get get = new Get(key, Wants.VALUE.withLease(30));

        Lookup.Miss won = (Lookup.Miss) ask(get);
        Lookup.Miss held = (Lookup.Miss) ask(get);

        assertThat(won.lease()).isEqualTo(Lease.WON);
        assertThat(held.lease()).isEqualTo(Lease.HELD);
        assertThat(ask(Get.of(key))).isInstanceOf(Lookup.Miss.class);
        assertThat(ask(store(key, "loaded", Mode.SET, won.cas()))).isEqualTo(StoreReply.STORED);
        assertThat(text(key)).isEqualTo("loaded");
    }

    @Test
    void openLeaseIsAMissForReadersOfManyKeysToo() {
        if (isRefused(new Get(key("refused"), Wants.VALUE.withLease(30)), Feature.LEASES)) {
            return;
        }
        Key key = key("leased");
        ask(new Get(key, Wants.VALUE.withLease(30)));
        ask(Store.set(key("empty"), value(""), Ttl.none()));

        List<Pending<Lookup>> calls = new ArrayList<>();
        for (Key asked : List.of(key("none"), key, key("empty"), key("none"), key)) {
            calls.add(send(new Get(asked, Wants.PLAIN)));
        }

        for (int i = 0; i < calls.size(); i++) {
            assertThat(calls.get(i).await(deadline())).isInstanceOf(i == 2 ? Lookup.Hit.class : Lookup.Miss.class);
        }
    }

    @Test
    void deletionRevokesTheLease() {
        if (isRefused(new Get(key("refused"), Wants.VALUE.withLease(30)), Feature.LEASES)) {
            return;
        }
        Key key = key("revoked");
        Lookup.Miss won = (Lookup.Miss) ask(new Get(key, Wants.VALUE.withLease(30)));

        ask(Delete.of(key));

        assertThat(ask(store(key, "late", Mode.SET, won.cas()))).isEqualTo(StoreReply.NOT_FOUND);
        assertThat(ask(Get.of(key))).isEqualTo(Lookup.Miss.PLAIN);
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 2_592_001})
    void leaseOfAnyLengthIsHeld(int seconds) {
        if (isRefused(new Get(key("refused"), Wants.VALUE.withLease(30)), Feature.LEASES)) {
            return;
        }
        Get get = new Get(key("lease" + seconds), Wants.VALUE.withLease(seconds));
        ask(get);

        assertThat(((Lookup.Miss) ask(get)).lease()).isEqualTo(Lease.HELD);
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 2_592_001})
    void staleValueIsServedWhileOneReaderReloads(int seconds) {
        if (isRefused(new Delete(key("refused"), 0, 30), Feature.LEASES)) {
            return;
        }
        Key key = key("stale" + seconds);
        set(key, "old");

        assertThat(ask(new Delete(key, 0, seconds))).isEqualTo(DeleteReply.DELETED);

        Get get = new Get(key, Wants.VALUE.withCas());
        Lookup.Hit first = (Lookup.Hit) ask(get);
        Lookup.Hit second = (Lookup.Hit) ask(get);
        assertThat(List.of(first, second)).allMatch(Lookup.Hit::stale);
        assertThat(first.lease()).isEqualTo(Lease.WON);
        assertThat(second.lease()).isEqualTo(Lease.HELD);
        assertThat(ask(store(key, "new", Mode.SET, first.cas()))).isEqualTo(StoreReply.STORED);
        assertThat(hit(key).stale()).isFalse();
    }

    @Test
    void openLeaseThatIsMarkedStaleIsStillNoValue() {
        if (isRefused(new Get(key("refused"), Wants.VALUE.withLease(30)), Feature.LEASES)) {
            return;
        }
        Key key = key("stale-lease");
        Get get = new Get(key, Wants.VALUE.withLease(30));
        ask(get);
        ask(new Delete(key, 0, 30));

        assertThat(ask(get)).isInstanceOf(Lookup.Miss.class);
        assertThat(ask(get)).isInstanceOf(Lookup.Miss.class);
    }

    @Test
    void emptyValueIsServedToEveryReaderNearItsEnd() {
        if (isRefused(new Get(key("refused"), Wants.VALUE.withRecache(30)), Feature.LEASES)) {
            return;
        }
        Key key = key("empty-recache");
        EncodedValue empty = value("");
        ask(Store.set(key, empty, Ttl.ofSeconds(20)));
        Get get = new Get(key, Wants.VALUE.withLease(30).withRecache(60));

        Lookup.Hit won = (Lookup.Hit) ask(get);
        Lookup.Hit held = (Lookup.Hit) ask(get);

        assertThat(List.of(won.lease(), held.lease())).containsExactly(Lease.WON, Lease.HELD);
        assertThat(List.of(won, held)).allMatch(hit -> hit.value().equals(empty));
        assertThat(hit(key).value()).isEqualTo(empty);
    }

    @Test
    void emptyValueIsServedWhileOneReaderReloads() {
        if (isRefused(new Delete(key("refused"), 0, 30), Feature.LEASES)) {
            return;
        }
        Key key = key("empty-stale");
        set(key, "");
        ask(new Delete(key, 0, 30));

        assertThat(hit(key).stale()).isTrue();
        assertThat(hit(key).value()).isEqualTo(value(""));
    }

    @Test
    void metadataComesWithoutTheValueAndWithoutCountingAsUse() {
        if (isRefused(new Get(key("refused"), Wants.METADATA), Feature.METADATA)) {
            return;
        }
        Key key = key("metadata");
        ask(Store.set(key, new EncodedValue(new byte[70_000], 0x0800), Ttl.ofSeconds(60)));
        Get get = new Get(key, Wants.METADATA);

        Lookup.Hit unread = (Lookup.Hit) ask(get);
        Lookup.Hit again = (Lookup.Hit) ask(get);
        hit(key);
        Lookup.Hit read = (Lookup.Hit) ask(get);

        assertThat(unread.hasValue()).isFalse();
        assertThat(unread.flags()).isEqualTo(0x0800);
        assertThat(unread.usage().sizeBytes()).isEqualTo(70_000);
        assertThat(unread.usage().idleSeconds()).isBetween(0L, 10L);
        assertThat(unread.ttlSeconds()).isBetween(50L, 61L);
        assertThat(unread.cas()).isNotZero();
        assertThat(List.of(unread, again, read).stream().map(hit -> hit.usage().readBefore()))
                .containsExactly(false, false, true);
        assertThat(ask(new Get(key("no-metadata"), Wants.METADATA))).isEqualTo(Lookup.Miss.PLAIN);
    }

    @Test
    void emptyValueHasMetadataAndAnOpenLeaseHasNone() {
        if (isRefused(new Get(key("refused"), Wants.METADATA), Feature.METADATA)) {
            return;
        }
        set(key("empty-metadata"), "");
        ask(new Get(key("lease-metadata"), Wants.VALUE.withLease(30)));

        Lookup.Hit empty = (Lookup.Hit) ask(new Get(key("empty-metadata"), Wants.METADATA));

        assertThat(empty.usage().sizeBytes()).isZero();
        assertThat(empty.flags()).isZero();
        assertThat(ask(new Get(key("lease-metadata"), Wants.METADATA))).isInstanceOf(Lookup.Miss.class);
    }

    @Test
    void usageComesWithTheValueToo() {
        if (isRefused(new Get(key("refused"), Wants.METADATA), Feature.METADATA)) {
            return;
        }
        set(key("usage"), "abc");

        Lookup.Hit hit = (Lookup.Hit) ask(new Get(key("usage"), Wants.VALUE.withUsage()));

        assertThat(hit.value()).isEqualTo(value("abc"));
        assertThat(hit.usage().sizeBytes()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 100, 2_592_001})
    void readCanGiveTheItemANewLife(long seconds) {
        if (isRefused(new Get(key("refused"), Wants.VALUE.withTouch(Ttl.none())), Feature.TOUCHING_READS)) {
            return;
        }
        Key key = key("read-touch" + seconds);
        ask(Store.set(key, value("x"), Ttl.ofSeconds(20)));
        Ttl ttl = seconds == 0 ? Ttl.none() : Ttl.ofSeconds(seconds);

        Lookup.Hit touched = (Lookup.Hit) ask(new Get(key, Wants.VALUE_AND_TTL.withTouch(ttl)));
        Lookup.Hit later = (Lookup.Hit) ask(new Get(key, Wants.VALUE_AND_TTL));

        assertThat(touched.value()).isEqualTo(value("x"));
        for (Lookup.Hit hit : List.of(touched, later)) {
            if (seconds == 0) {
                assertThat(hit.ttlSeconds()).isEqualTo(Lookup.NO_EXPIRY);
            } else {
                assertThat(hit.ttlSeconds()).isBetween(seconds - 3, seconds + 1);
            }
        }
        assertThat(ask(new Get(key("nothing"), Wants.VALUE.withTouch(ttl)))).isEqualTo(Lookup.Miss.PLAIN);
    }

    @Test
    void oneReaderIsElectedToRefreshBeforeTheEnd() {
        if (isRefused(new Get(key("refused"), Wants.VALUE.withRecache(30)), Feature.LEASES)) {
            return;
        }
        Key key = key("recache");
        ask(Store.set(key, value("x"), Ttl.ofSeconds(20)));

        assertThat(((Lookup.Hit) ask(new Get(key, Wants.VALUE.withRecache(5)))).lease())
                .isEqualTo(Lease.NONE);
        Get get = new Get(key, Wants.VALUE.withRecache(60));
        assertThat(((Lookup.Hit) ask(get)).lease()).isEqualTo(Lease.WON);
        assertThat(((Lookup.Hit) ask(get)).lease()).isEqualTo(Lease.HELD);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, Long.MAX_VALUE - 7, Long.MIN_VALUE, -1})
    void storeChoosesTheTokenWhereTheServerLetsIt(long version) {
        Key key = key("version" + version);
        if (isRefused(new Store(key, value("x"), Ttl.none(), Mode.SET, 0, version), Feature.EXPLICIT_VERSIONS)) {
            return;
        }

        assertThat(ask(new Store(key, value("x"), Ttl.none(), Mode.SET, 0, version)))
                .isEqualTo(StoreReply.STORED);

        assertThat(((Lookup.Hit) ask(new Get(key, Wants.VALUE.withCas()))).cas())
                .isEqualTo(version);
    }

    @Test
    void tokensAreUnsigned() {
        Key key = key("unsigned");
        if (isRefused(store(key, "x", Mode.SET, -1), Feature.UNSIGNED_TOKENS)) {
            return;
        }
        assertThat(ask(store(key, "x", Mode.SET, -1))).isEqualTo(StoreReply.NOT_FOUND);
        set(key, "x");
        assertThat(ask(store(key, "y", Mode.SET, -1))).isEqualTo(StoreReply.EXISTS);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"APPEND_OR_CREATE", "PREPEND_OR_CREATE"})
    void appendThatMayCreateCreatesOrAppends(Mode mode) {
        Key key = key("creates" + mode);
        Store first = new Store(key, new EncodedValue("ab".getBytes(UTF_8), 7), Ttl.ofSeconds(100), mode, 0, 0);
        if (isRefused(first, Feature.CREATING_APPENDS)) {
            return;
        }
        assertThat(ask(first)).isEqualTo(StoreReply.STORED);
        Lookup.Hit created = (Lookup.Hit) ask(new Get(key, Wants.VALUE_AND_TTL));
        assertThat(ask(new Store(key, new EncodedValue("c".getBytes(UTF_8), 9), Ttl.none(), mode, 0, 0)))
                .isEqualTo(StoreReply.STORED);

        assertThat(created.flags()).isEqualTo(7);
        assertThat(created.ttlSeconds()).isBetween(95L, 101L);
        assertThat(text(key)).isEqualTo(mode == Mode.APPEND_OR_CREATE ? "abc" : "cab");
        assertThat(hit(key).flags()).isEqualTo(7);
    }

    @Test
    void conditionalDeleteComparesTheToken() {
        Key key = key("delete-cas");
        set(key, "x");
        long token = ((Lookup.Hit) ask(new Get(key, Wants.VALUE.withCas()))).cas();
        if (isRefused(Delete.of(key).comparing(token), Feature.CONDITIONAL_DELETES)) {
            return;
        }
        assertThat(ask(Delete.of(key).comparing(token + 1))).isEqualTo(DeleteReply.EXISTS);
        assertThat(ask(Delete.of(key).comparing(token))).isEqualTo(DeleteReply.DELETED);
        assertThat(ask(Get.of(key))).isEqualTo(Lookup.Miss.PLAIN);
    }

    @Test
    void tombstoneIsAMissThatOneReaderReloads() {
        Key key = key("tombstone");
        set(key, "x");
        if (isRefused(Delete.tombstone(key, 60), Feature.TOMBSTONES)) {
            assertThat(text(key)).isEqualTo("x");
            return;
        }
        assertThat(ask(Delete.tombstone(key, 60))).isEqualTo(DeleteReply.DELETED);

        Get get = new Get(key, Wants.VALUE.withCas());
        Lookup.Miss first = (Lookup.Miss) ask(get);
        Lookup.Miss second = (Lookup.Miss) ask(get);
        assertThat(List.of(first.lease(), second.lease())).containsExactly(Lease.WON, Lease.HELD);
        assertThat(ask(store(key, "new", Mode.SET, first.cas()))).isEqualTo(StoreReply.STORED);
        assertThat(text(key)).isEqualTo("new");
        assertThat(ask(Delete.tombstone(key("no-tombstone"), 60))).isEqualTo(DeleteReply.NOT_FOUND);
    }

    @Test
    void whatTheOtherEndCannotDoIsRefusedByNameAndDisturbsNobody() {
        Key key = key("refused");
        set(key, "x");
        List<Command<?>> commands = List.of(
                new Get(key, Wants.VALUE.withLease(30)),
                new Get(key, Wants.VALUE.withRecache(30)),
                new Get(key, Wants.VALUE_AND_TTL),
                new Get(key, Wants.METADATA),
                new Get(key, Wants.VALUE.withUsage()),
                new Get(key, Wants.VALUE.withTouch(Ttl.none())),
                new Store(key, value("y"), Ttl.none(), Mode.APPEND_OR_CREATE, 0, 0),
                new Store(key, value("y"), Ttl.none(), Mode.SET, 0, 5),
                new Delete(key, 0, 30),
                Delete.tombstone(key, 30));

        for (Command<?> command : commands) {
            if (!capabilities().allow(command)) {
                assertThat(send(command).failure())
                        .as(command.toString())
                        .isInstanceOf(UnsupportedCommand.class)
                        .hasMessageContaining(command.key().toString())
                        .hasMessageContaining("was not sent");
            }
        }
        assertThat(text(key)).isEqualTo("x");
    }

    /** Whether the other end lacks the feature; asserts then that the command is refused by name, and is not sent. */
    private boolean isRefused(Command<?> command, Feature feature) {
        if (capabilities().features().contains(feature)) {
            return false;
        }
        assertThat(send(command).failure())
                .isInstanceOf(UnsupportedCommand.class)
                .hasMessageContaining(feature.words())
                .hasMessageContaining("was not sent");
        return true;
    }

    private static Store store(Key key, String text, Mode mode, long compare) {
        return new Store(key, value(text), Ttl.none(), mode, compare, 0);
    }

    private void set(Key key, String text) {
        assertThat(ask(Store.set(key, value(text), Ttl.none()))).isEqualTo(StoreReply.STORED);
    }

    private CountReply count(Key key, Direction direction, long delta, OptionalLong initial) {
        return ask(new Arithmetic(key, direction, delta, initial, Ttl.none()));
    }

    private Lookup.Hit hit(Key key) {
        Lookup lookup = ask(Get.of(key));
        assertThat(lookup).isInstanceOf(Lookup.Hit.class);
        return (Lookup.Hit) lookup;
    }

    private String text(Key key) {
        return new String(hit(key).value().bytes(), UTF_8);
    }
}
