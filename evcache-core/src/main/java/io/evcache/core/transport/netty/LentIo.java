package io.evcache.core.transport.netty;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;

/** The sockets of a loop that may be {@linkplain Lending lent}: whoever has something for it wakes up who runs it, or has it come home. */
final class LentIo implements IoHandler {
    private final IoHandler io;
    private final Lending lending;

    LentIo(IoHandler io, Lending lending) {
        this.io = io;
        this.lending = lending;
    }

    @Override
    public void wakeup() {
        if (lending.isRunBy(Thread.currentThread())) {
            return; // it looks what there is to do before it waits again
        }
        if (lending.isAtHome() || lending.recall() != null) {
            io.wakeup();
        }
    }

    /** Wakes up whoever waits for the sockets, and leaves the loop to it. */
    void interrupt() {
        io.wakeup();
    }

    @Override
    public void initialize() {
        io.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return io.run(context);
    }

    @Override
    public void prepareToDestroy() {
        io.prepareToDestroy();
    }

    @Override
    public void destroy() {
        io.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return io.register(handle);
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return io.isCompatible(handleType);
    }
}
