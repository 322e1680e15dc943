package io.evcache.replication.relay;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A partitioned log of mutations with committed positions. Records of one key are in one partition, in the order in which they were written.
 *
 * <p>An implementation delivers on a thread of its own, gives each partition to one relay at a time, and starts a partition at its committed position. It
 * commits nothing but what {@link Intake#committable()} returns.
 */
public interface MutationSource extends AutoCloseable {

    /** Begins to deliver. Called once. Must not fail because the log cannot be reached now. */
    void start(Intake intake);

    /** Returns how many records lie between what was delivered and the end of the log, as far as known. */
    long lag();

    /** Gives all partitions back, {@link Intake#revoked} included, and ends. Takes at most some seconds. Repeating it does nothing. */
    @Override
    void close();

    /** What a source tells the relay. All calls come from the source's thread; none blocks, except {@link #revoking}. */
    interface Intake {

        /** The partition is this relay's from now on; the first record has this offset or a later one. */
        void assigned(int partition, long position);

        /** Takes records; within a partition in the order of their offsets. */
        void records(List<SourceRecord> records);

        /** Returns whether more records are welcome. While they are not, the source stays in its group and delivers nothing. */
        boolean wantsMore();

        /** Returns by partition the offset from which a restart must read. */
        Map<Integer, Long> committable();

        /** The partitions are about to be taken: takes no more, and waits at most so long for what is in flight. */
        void revoking(Set<Integer> partitions, Duration atMost);

        /** The partitions are gone; what was not finished is forgotten. */
        void revoked(Set<Integer> partitions);

        /** So many records of the partition were gone before anybody read them; the next one has this offset or a later one. */
        void gap(int partition, long records, long next);
    }
}
