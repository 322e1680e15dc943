package io.evcache.testkit;

class LocalMemcached1638ContractIT extends LocalMemcachedContract {
    LocalMemcached1638ContractIT() {
        super(LocalMemcached.Version.NEWEST, "1.6.38");
    }
}
