package io.evcache.client;

import io.evcache.client.near.NearCaches;
import io.evcache.client.pipeline.ManyReads;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.core.command.Command;
import io.evcache.core.command.Get;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Touch;

/** Tells the near caches of every write of the client, whichever object it comes from: of a key that is being written nothing is kept until its last zone has answered. */
final class NearWrites implements Next {
    private final NearCaches near;
    private final Next next;

    NearWrites(NearCaches near, Next next) {
        this.near = near;
        this.next = next;
    }

    @Override
    public Pending<ReadResult> read(Read read) {
        return next.read(read);
    }

    @Override
    public void readAll(ManyReads reads) {
        next.readAll(reads);
    }

    @Override
    public WriteLatch write(Write write) {
        if (near.isEmpty() || !changesTheValue(write.command())) {
            return next.write(write);
        }
        NearCaches.Writing writing = near.beginWrite(write.command().key());
        WriteLatch latch;
        try {
            latch = next.write(write);
        } catch (RuntimeException | Error e) {
            writing.end();
            throw e;
        }
        latch.settled().receive(settled -> writing.end());
        return latch;
    }

    /** A lease is a get that goes the way of writes. */
    private static boolean changesTheValue(Command<?> command) {
        return !(command instanceof Touch) && !(command instanceof Get);
    }

    @Override
    public String toString() {
        return next.toString();
    }
}
