package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.error.ProtocolViolation;
import io.evcache.core.error.ServerError;
import io.evcache.core.key.Key;
import io.evcache.core.transport.Capabilities;
import io.evcache.core.transport.ItemGatherer;
import io.evcache.core.transport.ItemMetadata;
import io.evcache.core.transport.ItemScope;
import io.evcache.core.transport.NodeAdmin;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A walk over the items of a server, where the test is the server. */
class ItemReaderTest {
    private static final String A = "key=a exp=1795267701 la=1795267681 cas=5 fetch=yes cls=1 size=68\n";
    private static final String B =
            "key=b exp=-1 la=1795267681 cas=18446744073709551615 fetch=no cls=2 size=100 flags=7\n";

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final AtomicInteger connects = new AtomicInteger();
    private long now = 1_000;

    private final NodeAdmin admin = new NettyNodeAdmin(
            "node test",
            () -> {
                connects.incrementAndGet();
                return CompletableFuture.completedFuture(new AdminChannel(channel, Capabilities.all("test")));
            },
            Duration.ofSeconds(1),
            () -> now);

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void nothingIsConnectedToBeforeSomethingIsWanted() {
        ItemGatherer walk = ItemGatherer.waiting(admin.items(ItemScope.all()));
        assertThat(connects).hasValue(0);

        walk.subscription().request(1);

        assertThat(connects).hasValue(1);
        assertThat(received()).isEqualTo("lru_crawler metadump all\r\n");
    }

    @Test
    void linesBecomeItems() throws Exception {
        ItemGatherer walk = ItemGatherer.of(admin.items(ItemScope.slabClasses(1, 2)), 1);
        assertThat(received()).isEqualTo("lru_crawler metadump 1,2\r\n");

        say("OK\r\n" + A + B + "END\r\n");

        List<ItemMetadata> items = walk.all();
        assertThat(items).hasSize(2);
        assertThat(items.get(0).toString())
                .isEqualTo("ItemMetadata[key=a, expiresAt=1795267701, lastUsedAt=1795267681, cas=5, read=true,"
                        + " slabClass=1, sizeBytes=68]");
        assertThat(items.get(1).expiresAt()).isEqualTo(ItemMetadata.NEVER);
        assertThat(Long.toUnsignedString(items.get(1).cas())).isEqualTo("18446744073709551615");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void everySplitGivesTheSameItems() throws Exception {
        String wire = A + B + "END\r\n";
        for (int split = 1; split < wire.length(); split++) {
            EmbeddedChannel fresh = new EmbeddedChannel();
            NodeAdmin asked = new NettyNodeAdmin(
                    "node test",
                    () -> CompletableFuture.completedFuture(new AdminChannel(fresh, Capabilities.all("test"))),
                    Duration.ofSeconds(1),
                    () -> now);
            ItemGatherer walk = ItemGatherer.of(asked.items(ItemScope.all()), 1);

            fresh.writeInbound(bytes(wire.substring(0, split)));
            fresh.runPendingTasks();
            fresh.writeInbound(bytes(wire.substring(split)));
            fresh.runPendingTasks();

            assertThat(walk.all()).as("split at %d", split).hasSize(2);
            fresh.finishAndReleaseAll();
        }
    }

    @Test
    void noMoreIsToldThanWasAskedFor() {
        ItemGatherer walk = ItemGatherer.waiting(admin.items(ItemScope.all()));
        walk.subscription().request(2);
        say(A + A + A + B);
        assertThat(walk.items()).hasSize(2);

        walk.subscription().request(1);
        channel.runPendingTasks();

        assertThat(walk.items()).hasSize(3);
    }

    /** The walk was asked for and its connection stayed, where the server waits for somebody to read and refuses all other walks. */
    @Test
    void walkThatIsCancelledJustWhenTheConnectionIsThereIsNotAskedFor() throws Exception {
        EmbeddedChannel late = EmbeddedChannel.builder().register(false).build();
        NodeAdmin asked = new NettyNodeAdmin(
                "node test",
                () -> CompletableFuture.completedFuture(new AdminChannel(late, Capabilities.all("test"))),
                Duration.ofSeconds(1),
                () -> now);
        ItemGatherer walk = ItemGatherer.waiting(asked.items(ItemScope.all()));
        walk.subscription().request(1);

        walk.subscription().cancel();
        late.register(); // handlers are told only now that they were added

        assertThat(late.isOpen()).isFalse();
        assertThat(late.outboundMessages()).isEmpty();
        late.finishAndReleaseAll();
    }

    /** It is the lane's, and all its other connections did without while a subscriber paused. */
    @Test
    void whatTheLaneWasReadIntoIsGivenBackThoughSomeOfItWaits() throws Exception {
        ItemGatherer walk = ItemGatherer.waiting(admin.items(ItemScope.all()));
        walk.subscription().request(1);
        ByteBuf read = bytes(A + B + A.substring(0, 10)).retain();

        channel.writeInbound(read);

        assertThat(read.refCnt()).isEqualTo(1);
        read.setZero(0, read.capacity()).release();
        walk.subscription().request(100);
        channel.runPendingTasks();
        say(A.substring(10) + "END\r\n");
        assertThat(walk.all()).extracting(ItemMetadata::key).containsExactly(Key.of("a"), Key.of("b"), Key.of("a"));
    }

    @Test
    void nothingIsReadWhileNothingIsWanted() {
        ReadCounter reads = new ReadCounter();
        channel.pipeline().addLast(reads);
        ItemGatherer walk = ItemGatherer.waiting(admin.items(ItemScope.all()));
        walk.subscription().request(1);
        int asked = reads.count;
        say(A + A);
        channel.runPendingTasks();
        assertThat(reads.count)
                .as("reads while an item is there that nobody wants")
                .isEqualTo(asked);
        assertThat(channel.config().isAutoRead()).isFalse();

        walk.subscription().request(2);
        channel.runPendingTasks();

        assertThat(reads.count).isEqualTo(asked + 1);
    }

    @Test
    void cancelClosesTheConnectionAndNothingMoreIsTold() {
        ItemGatherer walk = ItemGatherer.waiting(admin.items(ItemScope.all()));
        walk.subscription().request(10);
        say(A);

        walk.subscription().cancel();
        say(B + "END\r\n");

        assertThat(channel.isOpen()).isFalse();
        assertThat(walk.items()).hasSize(1);
        assertThat(walk.end()).isNotDone();
    }

    @Test
    void cancelBeforeTheFirstRequestConnectsNowhere() {
        ItemGatherer walk = ItemGatherer.waiting(admin.items(ItemScope.all()));

        walk.subscription().cancel();
        walk.subscription().request(1);

        assertThat(connects).hasValue(0);
    }

    @Test
    void keysThatNoClientCouldAskForAreLeftOut() throws Exception {
        ItemGatherer walk = ItemGatherer.of(admin.items(ItemScope.all()), 5);

        say(A.replace("key=a", "key=%01%02%20%03") + A.replace("key=a", "key=%C3%A4%25") + "END\r\n");

        assertThat(walk.all())
                .singleElement()
                .satisfies(item -> assertThat(item.key()).hasToString("ä%"));
    }

    @Test
    void busyServerIsAskedAgainForAWhile() throws Exception {
        ItemGatherer walk = ItemGatherer.of(admin.items(ItemScope.all()), 5);
        received();

        say("BUSY currently processing crawler request\r\n");
        assertThat(received()).isEmpty();
        pass(Duration.ofMillis(100));

        assertThat(received()).isEqualTo("lru_crawler metadump all\r\n");
        say("END\r\n");
        assertThat(walk.all()).isEmpty();
    }

    @Test
    void serverThatStaysBusyIsOverloaded() {
        ItemGatherer walk = ItemGatherer.of(admin.items(ItemScope.all()), 5);
        for (int i = 0; i <= 50; i++) {
            say("BUSY currently processing crawler request\r\n");
            pass(Duration.ofMillis(100));
        }

        assertThat(failure(walk))
                .isInstanceOfSatisfying(
                        NodeUnavailable.class, e -> assertThat(e.reason()).isEqualTo(Reason.OVERLOADED));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void serverThatFallsSilentIsGivenUp() {
        ItemGatherer walk = ItemGatherer.of(admin.items(ItemScope.all()), 5);
        say(A);
        pass(Duration.ofSeconds(9));
        assertThat(walk.end()).isNotDone();

        pass(Duration.ofSeconds(6));

        assertThat(failure(walk))
                .isInstanceOfSatisfying(
                        NodeUnavailable.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_RESPONDING));
    }

    @Test
    void subscriberMayPauseForLonger() {
        ItemGatherer walk = ItemGatherer.waiting(admin.items(ItemScope.all()));
        walk.subscription().request(1);
        say(A);

        pass(Duration.ofMinutes(2));

        assertThat(walk.end()).isNotDone();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void hangUpBeforeTheEndIsAFailure() {
        ItemGatherer walk = ItemGatherer.of(admin.items(ItemScope.all()), 5);
        say(A);

        channel.close();

        assertThat(failure(walk))
                .isInstanceOfSatisfying(
                        NodeUnavailable.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONNECTION_LOST));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ERROR",
                "CLIENT_ERROR lru crawler disabled",
                "BADCLASS invalid class id",
                "NOTSTARTED no items to crawl"
            })
    void refusalIsTheServersError(String line) {
        ItemGatherer walk = ItemGatherer.of(admin.items(ItemScope.all()), 5);

        say(line + "\r\n");

        assertThat(failure(walk)).isInstanceOf(ServerError.class).hasMessageContaining(line);
        assertThat(channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "key=a, without exp=",
        "key=a exp=x la=1 cas=1 fetch=no cls=1 size=1, no number",
        "key=a exp=1 la=1 cas=1 fetch=no cls=1, without size=",
        "key=a la=1 exp=1 cas=1 fetch=no cls=1 size=1, without exp=",
        "key=%zz exp=1 la=1 cas=1 fetch=no cls=1 size=1, no number"
    })
    void lineThatDescribesNoItemIsAViolation(String line, String why) {
        ItemGatherer walk = ItemGatherer.of(admin.items(ItemScope.all()), 5);

        say(line + "\n");

        assertThat(failure(walk)).isInstanceOf(ProtocolViolation.class).hasMessageContaining(why);
    }

    @Test
    void lineWithoutEndIsRefusedBeforeItGrows() {
        ItemGatherer walk = ItemGatherer.of(admin.items(ItemScope.all()), 5);

        say("key=" + "x".repeat(3_000));

        assertThat(failure(walk)).isInstanceOf(ProtocolViolation.class).hasMessageContaining("over 2048 bytes");
    }

    @Test
    void requestOfNothingEndsTheWalk() {
        ItemGatherer walk = ItemGatherer.waiting(admin.items(ItemScope.all()));

        walk.subscription().request(0);

        assertThat(walk.end().handle((items, why) -> why).getNow(null)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void subscriberThatThrowsIsCancelled() {
        AtomicInteger told = new AtomicInteger();
        admin.items(ItemScope.all()).subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(10);
            }

            @Override
            public void onNext(ItemMetadata item) {
                told.incrementAndGet();
                throw new IllegalStateException("thrown by the test");
            }

            @Override
            public void onError(Throwable failure) {
                told.addAndGet(100);
            }

            @Override
            public void onComplete() {
                told.addAndGet(100);
            }
        });

        say(A + B + "END\r\n");

        assertThat(told).hasValue(1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void subscriberThatThrowsWhenItIsToldOfAFailureLeavesNoConnection() {
        admin.items(ItemScope.all()).subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(10);
            }

            @Override
            public void onNext(ItemMetadata item) {}

            @Override
            public void onError(Throwable failure) {
                throw new IllegalStateException("thrown by the test");
            }

            @Override
            public void onComplete() {}
        });

        pass(Duration.ofSeconds(15)); // the server says nothing

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void scopeIsCheckedWhenItIsMade() {
        assertThatThrownBy(() -> ItemScope.slabClasses()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ItemScope.slabClasses(0)).hasMessageContaining("from 1 to 63");
        assertThatThrownBy(() -> ItemScope.slabClasses(3, 64)).hasMessageContaining("[3, 64]");
        assertThatThrownBy(() -> new ItemScope("all\r\nflush_all")).isInstanceOf(IllegalArgumentException.class);
    }

    private void say(String text) {
        channel.pipeline().fireChannelRead(bytes(text));
        channel.pipeline().fireChannelReadComplete();
        channel.runPendingTasks();
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private String received() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            text.append(out.toString(StandardCharsets.ISO_8859_1));
            out.release();
        }
        return text.toString();
    }

    private void pass(Duration time) {
        now += time.toNanos();
        channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    private static EvCacheException failure(ItemGatherer walk) {
        assertThat(walk.end()).isCompletedExceptionally();
        return (EvCacheException) walk.end().handle((items, why) -> why).getNow(null);
    }

    /** Counts what goes towards the socket as a wish to read; in front of everything that the walk adds. */
    private static final class ReadCounter extends ChannelOutboundHandlerAdapter {
        private int count;

        @Override
        public void read(ChannelHandlerContext context) throws Exception {
            count++;
            super.read(context);
        }
    }
}
