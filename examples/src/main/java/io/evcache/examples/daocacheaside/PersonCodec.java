package io.evcache.examples.daocacheaside;

import io.evcache.core.value.Codec;
import io.evcache.core.value.EncodedValue;

/** A row as text: {@code 42 Ada}. */
final class PersonCodec implements Codec<Person> {
    private static final Codec<String> TEXT = Codec.utf8();

    // snippet: codec
    @Override
    public EncodedValue encode(Person person) {
        return TEXT.encode(person.id() + " " + person.name());
    }

    @Override
    public Person decode(EncodedValue value) {
        String[] parts = TEXT.decode(value).split(" ", 2);
        return new Person(Long.parseLong(parts[0]), parts[1]);
    }
    // end
}
