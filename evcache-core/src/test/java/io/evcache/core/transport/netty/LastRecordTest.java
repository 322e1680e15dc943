package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LastRecordTest {
    private final EmbeddedChannel channel = new EmbeddedChannel(LastRecord.SHARED);

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void batchThatTheServerReadsAsAWholeIsLeftAlone() {
        ByteBuf batch = batch(16 * 1_024);

        channel.writeOutbound(batch);

        assertThat(channel.<ByteBuf>readOutbound()).isSameAs(batch);
        assertThat(channel.<ByteBuf>readOutbound()).isNull();
        batch.release();
    }

    @Test
    void lineFeedOfALongerOneGoesByItself() {
        ByteBuf batch = batch(16 * 1_024 + 1);

        channel.writeOutbound(batch);

        ByteBuf most = channel.readOutbound();
        ByteBuf last = channel.readOutbound();
        assertThat(Unpooled.wrappedBuffer(most, last)).isEqualTo(batch(16 * 1_024 + 1));
        assertThat(last.readableBytes()).isEqualTo(2);
        most.release();
        last.release();
        assertThat(batch.refCnt()).isZero();
    }

    private static ByteBuf batch(int length) {
        return Unpooled.buffer(length).writeZero(length - 2).writeByte('\r').writeByte('\n');
    }
}
