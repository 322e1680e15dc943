package io.evcache.core.zone;

import io.evcache.core.command.Command;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Lookup.Hit;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import io.evcache.core.command.Route;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import io.evcache.core.value.ValueFlags;
import java.util.Optional;

/**
 * Reads a value that may be large: a first step for whatever is under the key, and if that is a manifest, a second for the chunks.
 *
 * <p>If a chunk is gone or does not fit, the value is lost and this is a miss. The manifest is removed first, if it is still the same one, since it would keep
 * an {@code add} from repairing the loss. A chunk that could not be asked for is a failure, like any other.
 */
final class BigGet extends BigCall<Get, Lookup> implements Receiver<Lookup> {

    private final int maxTotalBytes;

    BigGet(Route route, Get command, Deadline deadline, int maxTotalBytes) {
        super(route, command, deadline);
        this.maxTotalBytes = maxTotalBytes;
    }

    void send() {
        route.send(command, deadline).receive(this);
    }

    @Override
    public void settled(Pending<? extends Lookup> answer) {
        if (answer.value() instanceof Hit hit && Manifest.is(hit.flags())) {
            if (!hit.hasValue()) {
                describe(hit);
                return;
            }
            Optional<Manifest> manifest = Manifest.read(hit.value());
            if (manifest.isPresent()) {
                assemble(hit, manifest.get());
            } else {
                lost(hit);
            }
        } else {
            settle(answer);
        }
    }

    /** Nobody asked for the value, but its flags and size are in the manifest. The chunks are not looked at. */
    private void describe(Hit hit) {
        Get again = new Get(command.key(), Get.Wants.VALUE.withoutBump());
        route.send(again, deadline).receive(answer -> {
            Optional<Manifest> manifest = answer.value() instanceof Hit now && Manifest.is(now.flags())
                    ? Manifest.read(now.value())
                    : Optional.empty();
            if (manifest.isPresent()) {
                complete(described(hit, manifest.get()));
            } else if (answer.failure() != null) {
                settle(answer);
            } else {
                complete(Lookup.Miss.PLAIN);
            }
        });
    }

    private static Hit described(Hit hit, Manifest manifest) {
        Lookup.Usage usage = hit.usage();
        boolean asked = !usage.equals(Lookup.Usage.NOT_ASKED);
        Lookup.Usage whole = new Lookup.Usage(manifest.totalBytes(), usage.idleSeconds(), usage.readBefore());
        return Hit.withoutValue(manifest.flags(), asked ? hit.details().withUsage(whole) : hit.details());
    }

    private void assemble(Hit hit, Manifest manifest) {
        if (manifest.totalBytes() > maxTotalBytes) {
            fail(new CodecFailure("value of " + manifest.totalBytes() + " bytes under " + command.key()
                    + " is over maxTotalBytes = " + maxTotalBytes));
            return;
        }
        new Chunks(hit, manifest).send();
    }

    private void lost(Hit hit) {
        if (hit.cas() != 0) {
            discard(hit.cas());
            return;
        }
        Get again = new Get(command.key(), Get.Wants.VALUE.withCas().withoutBump());
        route.send(again, deadline).receive(answer -> {
            if (answer.value() instanceof Hit now
                    && now.cas() != 0
                    && now.value().equals(hit.value())) {
                discard(now.cas());
            } else {
                complete(Lookup.Miss.PLAIN);
            }
        });
    }

    /** Whatever comes of it, the value is lost. */
    private void discard(long cas) {
        route.send(new Delete(command.key(), cas, 0), deadline).receive(ignored -> complete(Lookup.Miss.PLAIN));
    }

    /** Each chunk goes to its place in the array; the counting of the parts makes all places visible to the last one. */
    private final class Chunks extends Parts<Lookup> {

        private final Hit hit;
        private final Manifest manifest;
        private final Get.Wants wants;
        private final byte[] value;

        Chunks(Hit hit, Manifest manifest) {
            super(route, deadline, manifest.chunks());
            this.hit = hit;
            this.manifest = manifest;
            Get.Wants plain = command.wants().bump() ? Get.Wants.VALUE : Get.Wants.VALUE.withoutBump();
            this.wants = command.wants()
                    .touch()
                    .map(ttl -> plain.withTouch(ChunkTtl.of(ttl, deadline)))
                    .orElse(plain);
            this.value = new byte[manifest.totalBytes()];
        }

        @Override
        Command<Lookup> command(int part) {
            return new Get(manifest.chunkKey(command.key(), part), wants);
        }

        @Override
        boolean accept(int part, Lookup reply) {
            if (reply instanceof Hit chunk
                    && chunk.value().flags() == ValueFlags.BYTES
                    && chunk.value().length() == manifest.chunkLength(part)) {
                System.arraycopy(
                        chunk.value().bytes(),
                        0,
                        value,
                        manifest.chunkStart(part),
                        chunk.value().length());
                return true;
            }
            return false;
        }

        @Override
        void completed() {
            if (manifest.isWhole(value)) {
                complete(new Hit(value, manifest.flags(), details()));
            } else {
                lost(hit);
            }
        }

        private Lookup.Details details() {
            return command.wants().usage() ? described(hit, manifest).details() : hit.details();
        }

        @Override
        void refused() {
            lost(hit);
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
