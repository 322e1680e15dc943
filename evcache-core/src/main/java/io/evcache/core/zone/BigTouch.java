package io.evcache.core.zone;

import io.evcache.core.command.Command;
import io.evcache.core.command.Route;
import io.evcache.core.command.Touch;
import io.evcache.core.command.TouchReply;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.value.Ttl;

/** Gives the chunks of a large value a new life, and then its manifest. If a chunk is gone, so is the value. */
final class BigTouch extends Parts<TouchReply> {

    private final BigCall<Touch, TouchReply> call;
    private final Manifest manifest;
    private final Ttl ttl;

    BigTouch(Route route, BigCall<Touch, TouchReply> call, Manifest manifest) {
        super(route, call.deadline, manifest.chunks());
        this.call = call;
        this.manifest = manifest;
        this.ttl = ChunkTtl.of(call.command.ttl(), call.deadline);
    }

    @Override
    Command<TouchReply> command(int part) {
        return new Touch(manifest.chunkKey(call.command.key(), part), ttl);
    }

    @Override
    boolean accept(int part, TouchReply reply) {
        return reply == TouchReply.TOUCHED;
    }

    @Override
    void completed() {
        call.finish(call.command);
    }

    @Override
    void refused() {
        call.complete(TouchReply.NOT_FOUND);
    }

    @Override
    void failed(EvCacheException failure) {
        call.fail(failure);
    }

    @Override
    boolean isAbandoned() {
        return call.isSettled();
    }
}
