package io.evcache.core.topology;

import java.util.ArrayList;
import java.util.List;

/** Keeps what a provider tells. Confined to one thread. */
public final class RecordingListener implements TopologyListener {
    public final List<Topology> heard = new ArrayList<>();
    public final List<Exception> failures = new ArrayList<>();

    @Override
    public void changed(Topology topology) {
        heard.add(topology);
    }

    @Override
    public void failed(Exception failure) {
        failures.add(failure);
    }
}
