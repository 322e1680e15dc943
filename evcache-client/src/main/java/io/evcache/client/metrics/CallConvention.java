package io.evcache.client.metrics;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * How observed calls are named and what is said about them. The default follows OpenTelemetry's names for database clients; override a method for other names.
 *
 * <p>Low-cardinality values become tags of meters, so they must be few, and the same keys each time.
 */
public interface CallConvention extends ObservationConvention<CallContext> {
    /** The default: nothing that identifies a single item. */
    CallConvention DEFAULT = new CallConvention() {};

    /** As {@link #DEFAULT}, with the key of the item as {@code evcache.key} on the span, and messages of failures, which hold it. Keys may be personal data. */
    CallConvention WITH_KEYS = new CallConvention() {
        @Override
        public boolean tellsKeys() {
            return true;
        }
    };

    /** Returns whether keys may be told, by themselves or in the messages of failures. Without, a failure is told by its type. Default: no. */
    default boolean tellsKeys() {
        return false;
    }

    @Override
    default String getName() {
        return "evcache.call";
    }

    @Override
    default String getContextualName(CallContext context) {
        return context.operation() + " " + context.cache();
    }

    @Override
    default KeyValues getLowCardinalityKeyValues(CallContext context) {
        return KeyValues.of(
                KeyValue.of("db.system.name", "memcached"),
                KeyValue.of("db.namespace", context.client()),
                KeyValue.of("db.collection.name", context.cache()),
                KeyValue.of("db.operation.name", context.operation()),
                KeyValue.of("evcache.outcome", context.outcome()),
                KeyValue.of("evcache.zone", context.zone()),
                KeyValue.of("error.type", context.errorType()));
    }

    @Override
    default KeyValues getHighCardinalityKeyValues(CallContext context) {
        KeyValues values = KeyValues.of("evcache.attempts", String.valueOf(context.attempts()));
        if (context.host().isPresent()) {
            values = values.and(
                    KeyValue.of("server.address", context.host().get()),
                    KeyValue.of("server.port", String.valueOf(context.port())));
        }
        return tellsKeys() ? values.and(KeyValue.of("evcache.key", context.key())) : values;
    }

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof CallContext;
    }
}
