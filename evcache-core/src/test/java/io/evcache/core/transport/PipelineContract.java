package io.evcache.core.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Get;
import io.evcache.core.command.Get.Wants;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.key.Key;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every transport promises of many commands at once, however they leave and come back together: each has its own answer. */
abstract class PipelineContract extends NodeAdminContract {
    @Test
    void repliesOfADeepPipelineFindTheirCallers() {
        SplittableRandom random = new SplittableRandom(42);
        List<Pending<Lookup>> calls = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            String text = "pipeline" + random.nextInt(500);
            Pending<StoreReply> unused = send(Store.set(key(text), value(text), Ttl.none()));
            calls.add(send(Get.of(key(text))));
            expected.add(text);
        }

        for (int i = 0; i < calls.size(); i++) {
            Lookup lookup = calls.get(i).await(deadline());
            assertThat(lookup).isInstanceOf(Lookup.Hit.class);
            assertThat(new String(((Lookup.Hit) lookup).value().bytes(), UTF_8)).isEqualTo(expected.get(i));
        }
        assertThat(connection().closed().toCompletableFuture()).isNotDone();
    }

    @Test
    void plainGetsOfManyKeysFindTheirCallers() {
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < 300; i += 2) {
            Pending<StoreReply> unused = send(Store.set(key("plain" + i), value("plain" + i), Ttl.none()));
        }
        List<Integer> asked = new ArrayList<>();
        List<Pending<Lookup>> calls = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            int number = random.nextInt(300);
            asked.add(number);
            calls.add(send(new Get(key("plain" + number), Get.Wants.PLAIN)));
        }

        for (int i = 0; i < calls.size(); i++) {
            Lookup lookup = calls.get(i).await(deadline());
            if (asked.get(i) % 2 == 0) {
                assertThat(new String(((Lookup.Hit) lookup).value().bytes(), UTF_8))
                        .isEqualTo("plain" + asked.get(i));
            } else {
                assertThat(lookup).isEqualTo(Lookup.Miss.PLAIN);
            }
        }
        assertThat(connection().closed().toCompletableFuture()).isNotDone();
    }

    /** Over TLS memcached does not look at what came in one record with the end of a value, until more comes. */
    @ParameterizedTest
    @ValueSource(ints = {10_000, 20_000, 40_000, 100_000, 500_000})
    void readsBehindALargeValueAreAnswered(int valueBytes) {
        Key key = key("large" + valueBytes);
        EncodedValue value = new EncodedValue(new byte[valueBytes], 0);

        List<Lookup> lookups = askInOnePiece(() -> {
            Pending<StoreReply> unused = send(Store.set(key, value, Ttl.none()));
            return Collections.nCopies(5, Get.of(key));
        });

        assertThat(lookups)
                .allSatisfy(lookup -> assertThat(((Lookup.Hit) lookup).value()).isEqualTo(value));
    }

    /** Nor at what finds no place in its buffer of 16 KiB behind the beginning of a command. */
    @Test
    void readsOfManyBytesAreAnswered() {
        for (int count = 800; count <= 900; count += 5) { // of 32 KiB
            Get get = new Get(Key.of("k".repeat(37)), Wants.PLAIN);
            int times = count;

            assertThat(askInOnePiece(() -> Collections.nCopies(times, get))).containsOnly(Lookup.Miss.PLAIN);
        }
    }

    @Test
    void manySetsTogetherAreStoredEachAsItIs() {
        List<Pending<StoreReply>> stores = new ArrayList<>();

        List<Lookup> lookups = askInOnePiece(() -> {
            List<Get> gets = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                Key key = key("together" + i % 200); // some twice: the later one stays
                stores.add(send(Store.set(key, value("value " + i), Ttl.none())));
                gets.add(Get.of(key));
            }
            return gets;
        });

        assertThat(stores)
                .allSatisfy(store -> assertThat(store.await(deadline())).isEqualTo(StoreReply.STORED));
        for (int i = 0; i < 300; i++) {
            assertThat(new String(((Lookup.Hit) lookups.get(i)).value().bytes(), UTF_8))
                    .isEqualTo("value " + (i < 100 ? i + 200 : i));
        }
    }

    /** Sends on the thread of the connection: what is sent while it is busy leaves the connection together. */
    private List<Lookup> askInOnePiece(Supplier<List<Get>> gets) {
        List<Pending<Lookup>> calls = new ArrayList<>();
        Pending<Boolean> sent = Pending.open();
        send(Get.of(key("first"))).receive(first -> {
            gets.get().forEach(get -> calls.add(send(get)));
            sent.complete(true);
        });
        sent.await(deadline());
        return calls.stream().map(call -> call.await(deadline())).toList();
    }
}
