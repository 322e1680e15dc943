package io.evcache.core.zone;

import io.evcache.core.command.Command;
import io.evcache.core.command.Route;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.ServerError;
import io.evcache.core.time.Deadline;
import io.evcache.core.value.Ttl;

/**
 * Stores a large value: all chunks, and then the manifest. Until the manifest is there readers see what was there before, and the conditions of the command
 * are the manifest's. Should a chunk fail, the manifest is not sent and the chunks that were stored are never read.
 */
final class BigStore extends BigCall<Store, StoreReply> {

    private final Manifest manifest;

    BigStore(Route route, Store command, Deadline deadline, Manifest manifest) {
        super(route, command, deadline);
        this.manifest = manifest;
    }

    void send() {
        new Chunks().send();
    }

    private final class Chunks extends Parts<StoreReply> {

        private final Ttl ttl = ChunkTtl.of(command.ttl(), deadline);

        Chunks() {
            super(route, deadline, manifest.chunks());
        }

        @Override
        Command<StoreReply> command(int part) {
            return Store.set(
                    manifest.chunkKey(command.key(), part),
                    manifest.chunk(command.value().bytes(), part),
                    ttl);
        }

        @Override
        boolean accept(int part, StoreReply reply) {
            return reply == StoreReply.STORED;
        }

        @Override
        void completed() {
            finish(new Store(command.key(), manifest.toItem(), command.ttl(), command.terms()));
        }

        @Override
        void refused() {
            fail(new ServerError("a chunk of " + command.key() + " was not stored"));
        }

        @Override
        void failed(EvCacheException failure) {
            fail(failure);
        }

        @Override
        boolean isAbandoned() {
            return isSettled();
        }
    }
}
