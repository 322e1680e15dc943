package io.evcache.core.zone;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Command;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Route;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.evcache.core.value.ValueFlags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The answers for the parts of one value arrive on several event loops at once; each part is still sent once, and the end is told once. */
class PartsOnManyThreadsTest {

    private final ExecutorService loops = Executors.newFixedThreadPool(4, task -> {
        Thread thread = new Thread(task, "evcache-test-loop");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<Key, EncodedValue> items = new ConcurrentHashMap<>();
    private final Map<Key, Integer> stores = new ConcurrentHashMap<>();
    private final Route zone = new BigValueRoute(new AnsweringElsewhere(), new BigValues(10, 2_000));

    @AfterEach
    void stop() {
        loops.shutdownNow();
    }

    @Test
    void everyPartIsSentOnceAndEveryValueArrives() {
        List<EncodedValue> values = new ArrayList<>();
        List<Pending<StoreReply>> written = new ArrayList<>();
        List<Pending<Lookup>> read = new ArrayList<>();
        Deadline deadline = Deadline.after(Duration.ofSeconds(30), Ticker.system());
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = new byte[11 + random.nextInt(1_900)];
            random.nextBytes(bytes);
            EncodedValue value = new EncodedValue(bytes, ValueFlags.BYTES);
            values.add(value);
            written.add(zone.send(Store.set(Key.of("k" + i), value, Ttl.none()), deadline));
        }

        written.forEach(answer -> assertThat(answer.await(deadline)).isEqualTo(StoreReply.STORED));
        for (int i = 0; i < values.size(); i++) {
            read.add(zone.send(Get.of(Key.of("k" + i)), deadline));
        }

        for (int i = 0; i < values.size(); i++) {
            Lookup found = read.get(i).await(deadline);
            assertThat(found).isInstanceOf(Lookup.Hit.class);
            assertThat(((Lookup.Hit) found).value()).isEqualTo(values.get(i));
        }
        int parts = values.stream().mapToInt(value -> (value.length() + 9) / 10).sum();
        assertThat(stores)
                .hasSize(parts + values.size())
                .allSatisfy((key, count) -> assertThat(count).isEqualTo(1));
    }

    private final class AnsweringElsewhere implements Route {
        @Override
        @SuppressWarnings("unchecked") // only stores and gets come here
        public <R extends Reply> Pending<R> send(Command<R> command, Deadline deadline) {
            Pending<R> answer = Pending.open();
            loops.execute(() -> answer.complete((R) apply(command)));
            return answer;
        }

        private Reply apply(Command<?> command) {
            if (command instanceof Store store) {
                stores.merge(store.key(), 1, Integer::sum);
                items.put(store.key(), store.value());
                return StoreReply.STORED;
            }
            EncodedValue value = items.get(command.key());
            return value == null ? Lookup.Miss.PLAIN : new Lookup.Hit(value, 1, Lookup.NOT_ASKED, false, Lease.NONE);
        }
    }
}
