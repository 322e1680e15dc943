package io.evcache.core.value.jackson;

import com.fasterxml.jackson.databind.cfg.MapperBuilder;
import com.fasterxml.jackson.dataformat.smile.databind.SmileMapper;

/** The one place that mentions Smile's own jar, so that JSON works without it. */
final class Smile {

    private Smile() {}

    /** Declares no type of that jar: the JVM's verifier would load it together with the caller. */
    static MapperBuilder<?, ?> builder() {
        return SmileMapper.builder();
    }
}
