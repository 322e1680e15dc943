package io.evcache.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class ServerRequirementTest {
    private final List<String> notices = new ArrayList<>();

    @Test
    void whatWasFoundIsReturnedWithoutANotice() {
        ServerRequirement requirement = new ServerRequirement(true, notices::add);

        assertThat(requirement.orEnd(Optional.of("server"), "server", "install it"))
                .isEqualTo("server");
        assertThat(notices).isEmpty();
    }

    @Test
    void missingServerSkipsTheTestAndIsNoticedOncePerServer() {
        ServerRequirement requirement = new ServerRequirement(false, notices::add);

        for (String server : List.of("one", "one", "another", "one")) {
            assertThatThrownBy(() -> requirement.orEnd(Optional.empty(), server, "install it"))
                    .isInstanceOf(TestAbortedException.class);
        }

        assertThat(notices)
                .containsExactly(
                        "Skipping tests: no one found (install it)", "Skipping tests: no another found (install it)");
    }

    @Test
    void missingServerFailsTheTestWhereItIsMandatory() {
        ServerRequirement requirement = new ServerRequirement(true, notices::add);

        assertThatThrownBy(() -> requirement.orEnd(Optional.empty(), "server", "install it"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("server")
                .hasMessageContaining("install it");
    }
}
