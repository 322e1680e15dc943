package io.evcache.core.transport.netty;

import io.evcache.core.transport.Capabilities;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;

/** A connection that has been greeted and is asked one question of an operator. */
record AdminChannel(Channel channel, Capabilities capabilities) {

    /** Adds what asks and listens. */
    void ask(ChannelHandler... question) {
        channel.pipeline().addLast(question);
    }

    void close() {
        channel.close();
    }
}
