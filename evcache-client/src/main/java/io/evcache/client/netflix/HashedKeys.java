package io.evcache.client.netflix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.Command;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.command.Touch;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.key.Key;
import io.evcache.core.time.WallClock;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.ValueFlags;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;

/**
 * Shares caches in which Netflix's client hashes keys: sends the hash of each key in its place, and keeps the whole key beside the value. An item of another key with the same hash is a miss.
 *
 * <p>An interceptor of the client: {@code EvCacheClient.builder(config).interceptor(HashedKeys.of(KeyHash.SIPHASH24, "profiles"))}, before replication, which else names keys that no zone has. Keys are at most 250 bytes long, prefix included, as everywhere in this client. Counters are stored under the hash as they
 * are, without the whole key: {@code Counters.get} finds them, and {@code Counters.set} stores an envelope, which cannot be counted. What is appended cannot be shared, so appends are refused.
 *
 * <p>What does not pass interceptors does not know the hashes: {@code locate} and {@code inspect} speak of the key as it is given, and a feed of others' writes names the hash, so that a near cache of such a cache hears of none. What zones
 * answer to a lease is not opened, so a {@code CacheAside} with leases loads what it could have taken from another zone. Immutable, for any thread.
 */
public final class HashedKeys implements Interceptor {
    /** 2^64 - 1 in decimal. */
    private static final int MAX_COUNTER_BYTES = 20;

    private final KeyHash hash;
    private final Set<String> caches;
    private final int longerThan;
    private final int maxChars;
    private final boolean compact;
    private final WallClock clock;

    private HashedKeys(
            KeyHash hash, Set<String> caches, int longerThan, int maxChars, boolean compact, WallClock clock) {
        this.hash = requireNonNull(hash, "hash");
        this.caches = Set.copyOf(caches);
        this.longerThan = longerThan;
        this.maxChars = maxChars;
        this.compact = compact;
        this.clock = clock;
    }

    /**
     * Hashes every key of these caches, as that client does with {@code hash.key}.
     *
     * @param hash what its {@code hash.algo} says; {@link KeyHash#SIPHASH24} if it says nothing
     * @param caches at least one
     */
    public static HashedKeys of(KeyHash hash, String... caches) {
        if (caches.length == 0) {
            throw new IllegalArgumentException("name the caches whose keys are hashed");
        }
        return new HashedKeys(hash, Set.of(caches), 0, Integer.MAX_VALUE, false, WallClock.system());
    }

    /** Hashes only keys of more characters than this, as that client does with {@code auto.hash.keys}, where its limit {@code max.key.length} is 200 unless changed. Default: all. */
    public HashedKeys onlyLongerThan(int chars) {
        if (chars < 1) {
            throw new IllegalArgumentException("the length must be at least 1, was " + chars);
        }
        return new HashedKeys(hash, caches, chars, maxChars, compact, clock);
    }

    /** Cuts hashes to so many characters, as that client does with {@code max.hash.length}. Default: not at all. */
    public HashedKeys cutTo(int chars) {
        if (chars < 1) {
            throw new IllegalArgumentException("the length must be at least 1, was " + chars);
        }
        return new HashedKeys(hash, caches, longerThan, chars, compact, clock);
    }

    /** Writes the compact layout, which only that client's versions of 2026 read. Default: the one that all read. Both are read whatever is written. */
    public HashedKeys compact() {
        return new HashedKeys(hash, caches, longerThan, maxChars, true, clock);
    }

    @Override
    public Pending<ReadResult> read(Read read, Next next) {
        Key key = read.command().key();
        if (!isHashed(read.cache(), key)) {
            return next.read(read);
        }
        Get hashed = new Get(hashed(key), read.command().wants());
        Pending<ReadResult> opened = Pending.open();
        next.read(new Read(read.cache(), hashed, read.policy(), read.deadline(), read.attempts()))
                .receive(answer -> open(key, answer, opened));
        return opened;
    }

    private static void open(Key key, Pending<? extends ReadResult> answer, Pending<ReadResult> opened) {
        ReadResult result = answer.value();
        if (result == null) {
            opened.fail(requireNonNull(answer.failure()));
            return;
        }
        try {
            opened.complete(
                    new ReadResult(opened(key, result.lookup()), result.zone(), result.attempts(), result.failure()));
        } catch (EvCacheException e) {
            opened.fail(e);
        }
    }

    private static Lookup opened(Key key, Lookup lookup) {
        if (!(lookup instanceof Lookup.Hit hit) || !hit.hasValue()) {
            return lookup;
        }
        if (isCounter(hit.value())) {
            return hit;
        }
        Envelope envelope = Envelope.read(hit.value());
        boolean isOfKey = Arrays.equals(envelope.key().getBytes(UTF_8), key.bytes());
        return isOfKey ? new Lookup.Hit(envelope.value(), hit.details()) : Lookup.Miss.PLAIN;
    }

    /** Decimal digits without flags, and blanks where a decrement has made them fewer: an envelope begins otherwise. */
    private static boolean isCounter(EncodedValue item) {
        byte[] bytes = item.bytes();
        if (item.flags() != ValueFlags.STRING || bytes.length == 0 || bytes.length > MAX_COUNTER_BYTES) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            boolean isDigit = bytes[i] >= '0' && bytes[i] <= '9';
            if (!isDigit && (i == 0 || bytes[i] != ' ')) {
                return false;
            }
        }
        return true;
    }

    @Override
    public WriteLatch write(Write write, Next next) {
        Key key = write.command().key();
        if (!isHashed(write.cache(), key)) {
            return next.write(write);
        }
        return next.write(new Write(
                write.cache(),
                hashed(write.command()),
                write.policy(),
                write.deadline(),
                write.tokens(),
                write.decider()));
    }

    private Command<?> hashed(Command<?> command) {
        Key key = hashed(command.key());
        if (command instanceof Store store) {
            return new Store(key, enclosed(store), store.ttl(), store.terms());
        } else if (command instanceof Delete delete) {
            return new Delete(key, delete.terms());
        } else if (command instanceof Touch touch) {
            return new Touch(key, touch.ttl());
        } else if (command instanceof Arithmetic count) {
            return new Arithmetic(key, count.direction(), count.delta(), count.initial(), count.ttl());
        }
        return new Get(key, ((Get) command).wants());
    }

    private EncodedValue enclosed(Store store) {
        if (store.mode().extend()) {
            throw new CodecFailure(store.verb() + " " + store.key() + " is not possible where keys are hashed");
        }
        long ttl = store.ttl().isNone() ? 0 : store.ttl().seconds();
        String key = new String(store.key().bytes(), UTF_8);
        Envelope envelope = new Envelope(key, store.value(), ttl, clock.millis());
        return compact ? envelope.compact() : envelope.serialized();
    }

    private boolean isHashed(String cache, Key key) {
        return caches.contains(cache) && new String(key.bytes(), UTF_8).length() > longerThan;
    }

    private Key hashed(Key key) {
        String text = Base64.getEncoder().withoutPadding().encodeToString(hash.digest(key.bytes()));
        return Key.of(text.length() > maxChars ? text.substring(0, maxChars) : text);
    }

    @Override
    public String toString() {
        return "HashedKeys(" + hash + ", " + caches + (longerThan == 0 ? ")" : ", longer than " + longerThan + ")");
    }
}
