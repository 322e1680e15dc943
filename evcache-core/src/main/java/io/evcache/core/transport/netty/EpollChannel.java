package io.evcache.core.transport.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.epoll.EpollChannelConfig;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * A TCP connection on native epoll that callers can write to. Netty's own class does not let anybody in before it closes the descriptor; here every close, whoever asks for it, takes the
 * {@link Turn} first.
 */
final class EpollChannel extends AbstractEpollStreamChannel implements SharedSocket {
    private final Turn turn = new Turn();
    private final Config config = new Config(this);

    /** Creates one that is not connected. Called by Netty's bootstrap. */
    EpollChannel() {
        super(LinuxSocket.newSocketStream(), false);
    }

    @Override
    public EpollChannelConfig config() {
        return config;
    }

    @Override
    public Turn turn() {
        return turn;
    }

    @Override
    public boolean isAtHome() {
        return eventLoop().inEventLoop();
    }

    @Override
    public int send(ByteBuffer bytes, int from, int to) throws IOException {
        return socket.send(bytes, from, to);
    }

    /** The one place where Netty closes the descriptor. */
    @Override
    protected void doClose() throws Exception {
        turn.close();
        super.doClose();
    }

    /** Knows the options of TCP that this library sets. */
    private static final class Config extends EpollChannelConfig {

        Config(Channel channel) {
            super(channel);
        }

        @Override
        public Map<ChannelOption<?>, Object> getOptions() {
            return getOptions(
                    super.getOptions(), ChannelOption.TCP_NODELAY, ChannelOption.SO_KEEPALIVE, ChannelOption.SO_LINGER);
        }

        @Override
        @SuppressWarnings("unchecked") // the type of the value is that of the option
        public <T> T getOption(ChannelOption<T> option) {
            try {
                if (option.equals(ChannelOption.TCP_NODELAY)) {
                    return (T) (Boolean) socket().isTcpNoDelay();
                } else if (option.equals(ChannelOption.SO_KEEPALIVE)) {
                    return (T) (Boolean) socket().isKeepAlive();
                } else if (option.equals(ChannelOption.SO_LINGER)) {
                    return (T) (Integer) socket().getSoLinger();
                }
            } catch (IOException e) {
                throw new ChannelException(e);
            }
            return super.getOption(option);
        }

        @Override
        public <T> boolean setOption(ChannelOption<T> option, T value) {
            validate(option, value);
            try {
                if (option.equals(ChannelOption.TCP_NODELAY)) {
                    socket().setTcpNoDelay((Boolean) value);
                } else if (option.equals(ChannelOption.SO_KEEPALIVE)) {
                    socket().setKeepAlive((Boolean) value);
                } else if (option.equals(ChannelOption.SO_LINGER)) {
                    socket().setSoLinger((Integer) value);
                } else {
                    return super.setOption(option, value);
                }
            } catch (IOException e) {
                throw new ChannelException(e);
            }
            return true;
        }
    }
}
