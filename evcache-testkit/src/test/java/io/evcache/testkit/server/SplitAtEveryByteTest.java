package io.evcache.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** Wherever the network cuts the requests, the replies are the same bytes. */
class SplitAtEveryByteTest {
    private static final Dialect DIALECT = new Dialect("1.6.38", true, true, true, true, true);

    private static final String REQUESTS = lines(
            "ms a 5 F3 k O1",
            "a",
            "bc",
            "mg a v f k O12",
            "set b 1 0 2 noreply",
            "xy",
            "get b a missing",
            "ms c 1",
            "toolong",
            "mg c q",
            "ms a 2 Z",
            "hi",
            "set d 0 0 0",
            "",
            "set e 0 0 970",
            "x".repeat(970),
            "ma n N0 J5 v",
            "incr n 3",
            "ms Zm9v 2 b k",
            "hi",
            "md a q",
            "md a",
            "bogus",
            "mn");

    private static final String REPLIES = lines(
            "HD ka O1",
            "VA 5 f3 ka O12",
            "a",
            "bc",
            "VALUE b 1 2",
            "xy",
            "VALUE a 3 5",
            "a",
            "bc",
            "END",
            "CLIENT_ERROR bad data chunk",
            "ERROR",
            "CLIENT_ERROR invalid flag",
            "STORED",
            "SERVER_ERROR object too large for cache",
            "VA 1",
            "5",
            "8",
            "HD kZm9v b",
            "NF",
            "ERROR",
            "MN");

    private static String lines(String... lines) {
        return String.join("\r\n", lines) + "\r\n";
    }

    @Test
    void oneCutAnywhere() {
        for (int cut = 1; cut < REQUESTS.length(); cut++) {
            EmbeddedChannel channel = channel();

            channel.writeInbound(bytes(REQUESTS.substring(0, cut)));
            channel.writeInbound(bytes(REQUESTS.substring(cut)));

            assertThat(replies(channel)).as("cut at " + cut).isEqualTo(REPLIES);
        }
    }

    @Test
    void byteByByte() {
        EmbeddedChannel channel = channel();

        for (int i = 0; i < REQUESTS.length(); i++) {
            channel.writeInbound(bytes(REQUESTS.substring(i, i + 1)));
        }

        assertThat(replies(channel)).isEqualTo(REPLIES);
    }

    @Test
    void everythingAtOnceIsAnsweredInOneWrite() {
        EmbeddedChannel channel = channel();

        channel.writeInbound(bytes(REQUESTS));

        ByteBuf only = channel.readOutbound();
        assertThat(only.toString(StandardCharsets.ISO_8859_1)).isEqualTo(REPLIES);
        only.release();
        assertThat(channel.outboundMessages()).isEmpty();
        channel.finishAndReleaseAll();
    }

    private static EmbeddedChannel channel() {
        ItemStore store =
                new ItemStore(1024, 1 << 20, Clock.fixed(Instant.ofEpochSecond(1_700_000_000), ZoneOffset.UTC));
        Statistics statistics = new Statistics(DIALECT, store, () -> 0, () -> 1);
        return new EmbeddedChannel(new ConnectionHandler(DIALECT, store, statistics, () -> false));
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private static String replies(EmbeddedChannel channel) {
        StringBuilder replies = new StringBuilder();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            replies.append(out.toString(StandardCharsets.ISO_8859_1));
            out.release();
        }
        channel.finishAndReleaseAll();
        return replies.toString();
    }
}
