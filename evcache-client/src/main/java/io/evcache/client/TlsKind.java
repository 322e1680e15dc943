package io.evcache.client;

import io.evcache.core.tls.Tls;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Encryption as a setting; its texts are those of {@link Tls#parse}. */
final class TlsKind implements SettingKind<Optional<Tls>> {

    @Override
    public String range() {
        return "system, or AUTHORITIES, or AUTHORITIES,CHAIN,KEY";
    }

    @Override
    public String text(Optional<Tls> value) {
        return value.map(Tls::toString).orElse("");
    }

    @Override
    public Optional<Tls> read(String given) {
        return Optional.of(Tls.parse(given));
    }

    @Override
    public @Nullable String problem(Optional<Tls> value) {
        return null;
    }
}
