package io.evcache.core.command;

import io.evcache.core.key.Key;
import io.evcache.core.value.Ttl;

/** Gives an item a new time to live, from now, without moving its value. */
public record Touch(Key key, Ttl ttl) implements Command<TouchReply> {
    @Override
    public String verb() {
        return "touch";
    }
}
