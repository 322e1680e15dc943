package io.evcache.examples.daocacheaside;

import org.jspecify.annotations.Nullable;

/** Where the load generator gets people from. */
interface People {
    @Nullable
    Person byId(long id) throws Exception;
}
