package io.evcache.testkit;

class LocalMemcached1618ContractIT extends LocalMemcachedContract {
    LocalMemcached1618ContractIT() {
        super(LocalMemcached.Version.DEBIAN_12, "1.6.18");
    }
}
