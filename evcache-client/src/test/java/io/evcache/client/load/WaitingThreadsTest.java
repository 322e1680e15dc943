package io.evcache.client.load;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.Patient;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What would hold the carrier of a virtual thread on Java 21 to 23, looked for on threads of any kind: a monitor, or a native method, below the place where the thread waits. */
class WaitingThreadsTest {
    private static final Duration PATIENCE = Patient.TIMEOUT;

    @RegisterExtension
    static final EmbeddedZonesExtension embedded = EmbeddedZonesExtension.of(1, "a", "b");

    private final CountDownLatch opened = new CountDownLatch(1);
    private final Set<Thread> loading = ConcurrentHashMap.newKeySet();
    private final List<Thread> callers = new ArrayList<>();
    private final List<FutureTask<String>> answers = new ArrayList<>();
    private EvCacheClient client;
    private EvCache<String> cache;

    @BeforeEach
    void connect() {
        client = Patient.connect(zones().connectString());
        cache = client.cache("waiting");
    }

    @AfterEach
    void close() {
        opened.countDown();
        zones().resumeZone("a");
        zones().resumeZone("b");
        client.close();
    }

    @Test
    void whoWaitsForALoadOrLoadsHoldsNoMonitor() throws Exception {
        CacheAsideBuilder<String, String> builder =
                CacheAside.over(cache, (String key) -> key).loader(this::load).loadTimeout(PATIENCE);
        try (CacheAside<String, String> plain = builder.build();
                CacheAside<String, String> leased =
                        builder.leases(PATIENCE, Duration.ofSeconds(10)).build()) {
            for (int i = 0; i < 2; i++) { // one who loads, and one who waits for him
                begin(() -> cache.getOrLoad("one", this::load));
                begin(() -> plain.get("two"));
                begin(() -> leased.get("three"));
            }
            Awaitility.await()
                    .until(() -> loading.size() == 3
                            && plain.stats().shared() == 1
                            && leased.stats().shared() == 1);

            assertThat(callers).allSatisfy(WaitingThreadsTest::waitsWithFreeHands);
            assertThat(loading).allSatisfy(WaitingThreadsTest::waitsWithFreeHands);

            opened.countDown();
            assertThat(answered()).hasSize(6).containsOnly("value of one", "value of two", "value of three");
        }
    }

    @Test
    void whoWaitsForAServerHoldsNoMonitor() throws Exception {
        cache.async().set("k", "value").settled().toFuture().join();
        zones().hangZone("a");
        zones().hangZone("b");

        begin(() -> cache.get("k"));
        begin(() -> cache.lookup("k").value());
        begin(() -> cache.getAll(List.of("k", "l")).get("k"));
        begin(() -> String.valueOf(cache.set("s", "value")));

        assertThat(callers).allSatisfy(WaitingThreadsTest::waitsWithFreeHands);

        zones().resumeZone("a");
        zones().resumeZone("b");
        assertThat(answered()).containsExactly("value", "value", "value", "true");
    }

    private String load(String key) throws InterruptedException {
        loading.add(Thread.currentThread());
        opened.await();
        return "value of " + key;
    }

    private void begin(Callable<String> call) {
        FutureTask<String> answer = new FutureTask<>(call);
        Thread caller = new Thread(answer);
        answers.add(answer);
        callers.add(caller);
        caller.start();
    }

    private List<String> answered() throws Exception {
        List<String> all = new ArrayList<>();
        for (FutureTask<String> answer : answers) {
            all.add(answer.get(PATIENCE.toSeconds(), SECONDS));
        }
        return all;
    }

    /** Once the thread waits where it stays, it is parked: whatever else stops a thread does so for a moment, or with a monitor. */
    private static void waitsWithFreeHands(Thread thread) {
        Awaitility.await().untilAsserted(() -> {
            ThreadInfo seen =
                    ManagementFactory.getThreadMXBean().getThreadInfo(new long[] {thread.getId()}, true, true)[0];
            assertThat(seen).as("%s has ended", thread).isNotNull();
            List<StackTraceElement> stack = Arrays.asList(seen.getStackTrace());
            assertThat(stack.get(0).getMethodName()).as("%s", seen).isEqualTo("park");
            assertThat(stack)
                    .as("frames of %s", seen)
                    .anyMatch(frame -> frame.getClassName().startsWith("io.evcache.client."))
                    .noneMatch(frame -> frame.getMethodName().equals("<clinit>"));
            assertThat(stack.subList(1, stack.size())).noneMatch(StackTraceElement::isNativeMethod);
            assertThat(seen.getLockedMonitors()).as("monitors of %s", seen).isEmpty();
        });
    }

    private static EmbeddedZones zones() {
        return embedded.zones();
    }
}
