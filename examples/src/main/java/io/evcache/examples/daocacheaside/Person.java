package io.evcache.examples.daocacheaside;

/** A row. */
record Person(long id, String name) {}
