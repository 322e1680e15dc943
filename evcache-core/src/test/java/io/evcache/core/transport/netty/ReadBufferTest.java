package io.evcache.core.transport.netty;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.DefaultEventExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadBufferTest {
    private final DefaultEventExecutor loop = new DefaultEventExecutor();
    private final ReadBuffer reads = ReadBuffer.of(loop);

    @AfterEach
    void end() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void connectionsReadIntoTheSameMemoryOneAfterTheOther() {
        ByteBuf first = read("one");
        first.release();
        ByteBuf second = read("another");

        assertThat(second).isSameAs(first);
        assertThat(second.toString(US_ASCII)).isEqualTo("another");
        second.release();
    }

    @Test
    void whatIsKeptIsNotReadInto() {
        ByteBuf first = read("kept");
        ByteBuf kept = first.readRetainedSlice(2);
        first.release();

        ByteBuf other = read("other");

        assertThat(other).isNotSameAs(first);
        assertThat(kept.toString(US_ASCII)).isEqualTo("ke");
        other.release();
        kept.release();
        ByteBuf again = read("again");
        assertThat(again).isSameAs(first);
        again.release();
    }

    @Test
    void memoryIsGivenBackWhenTheLoopHasEndedAndNobodyHoldsIt() {
        ByteBuf kept = read("kept");

        end();

        await().until(() -> kept.refCnt() == 1);
        kept.release();
        assertThat(kept.refCnt()).isZero();
    }

    private ByteBuf read(String text) {
        ByteBuf into = reads.newHandle().allocate(UnpooledByteBufAllocator.DEFAULT);
        return into.writeBytes(text.getBytes(US_ASCII));
    }
}
