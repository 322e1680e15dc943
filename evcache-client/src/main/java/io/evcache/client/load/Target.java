package io.evcache.client.load;

import io.evcache.core.key.Key;

/** What is to be loaded: the user's key, and the key of its item. */
record Target<K>(K key, Key wire) {}
