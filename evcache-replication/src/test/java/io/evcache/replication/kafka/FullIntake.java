package io.evcache.replication.kafka;

import io.evcache.replication.relay.MutationSource.Intake;
import io.evcache.replication.relay.SourceRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A relay that wants no more. */
final class FullIntake implements Intake {
    @Override
    public void assigned(int partition, long position) {}

    @Override
    public void records(List<SourceRecord> records) {
        throw new AssertionError("not wanted");
    }

    @Override
    public boolean wantsMore() {
        return false;
    }

    @Override
    public Map<Integer, Long> committable() {
        return Map.of();
    }

    @Override
    public void revoking(Set<Integer> partitions, Duration atMost) {}

    @Override
    public void revoked(Set<Integer> partitions) {}

    @Override
    public void gap(int partition, long records, long next) {}
}
