package io.evcache.archrules;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.evcache.archrules.fixture.KnotEnd;
import io.evcache.archrules.fixture.Offenders;
import io.evcache.archrules.fixture.knot.Knot;
import io.evcache.archrules.fixture.lower.Lower;
import io.evcache.archrules.fixture.upper.Upper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A rule that cannot fail is no rule: each is shown an offender, and something similar that is fine. */
class LayersContractTest {

    private static final String LOWER = "io.evcache.archrules.fixture.lower";
    private static final String UPPER = "io.evcache.archrules.fixture.upper";

    private static final JavaClasses CLASSES = new ClassFileImporter().importPackages("io.evcache.archrules");

    @Test
    void edgeInTheTablePasses() {
        LayersContract rules = rules(LOWER + " ->\n" + UPPER + " -> " + LOWER, Lower.class, Upper.class);

        assertThatCode(rules::everyPackageUsesOnlyWhatItsLineAllows).doesNotThrowAnyException();
    }

    @Test
    void edgeMissingInTheTableFails() {
        LayersContract rules = rules(LOWER + " ->\n" + UPPER + " ->", Lower.class, Upper.class);

        assertThatThrownBy(rules::everyPackageUsesOnlyWhatItsLineAllows)
                .hasMessageContaining(UPPER + " may not use " + LOWER);
    }

    @Test
    void packageMissingInTheTableFails() {
        LayersContract rules = rules(LOWER + " ->", Lower.class, Upper.class);

        assertThatThrownBy(rules::everyPackageUsesOnlyWhatItsLineAllows)
                .hasMessageContaining("Upper is in a package that the table does not list");
    }

    @Test
    void lineOfOnePackageDoesNotSpeakForThoseBelow() {
        LayersContract rules = rules("io.evcache.archrules.fixture ->", Lower.class);

        assertThatThrownBy(rules::everyPackageUsesOnlyWhatItsLineAllows).hasMessageContaining("does not list");
    }

    @Test
    void twoDotsSpeakForThePackagesBelowToo() {
        LayersContract rules = rules("io.evcache.archrules.fixture.. ->", Lower.class, Upper.class);

        assertThatCode(rules::everyPackageUsesOnlyWhatItsLineAllows).doesNotThrowAnyException();
    }

    @Test
    void packageWithItsOwnLineIsNotFreeToThePackageAboveIt() {
        LayersContract rules = rules("io.evcache.archrules.fixture.. ->\n" + LOWER + " ->\n", Lower.class, Upper.class);

        assertThatThrownBy(rules::everyPackageUsesOnlyWhatItsLineAllows).hasMessageContaining("may not use " + LOWER);
    }

    @Test
    void thirdPartyMissingInTheTableFails() {
        LayersContract rules = rules("io.evcache.archrules.fixture ->", Offenders.HidesThirdParty.class);

        assertThatThrownBy(rules::everyPackageUsesOnlyWhatItsLineAllows)
                .hasMessageContaining("may not use com.tngtech.archunit.core.domain");
    }

    @Test
    void cycleFails() {
        assertThatThrownBy(rules("", Knot.class, KnotEnd.class)::packagesHaveNoCycles)
                .hasMessageContaining("Cycle detected");
        assertThatCode(rules("", Lower.class, Upper.class)::packagesHaveNoCycles)
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(classes = {Offenders.CallsTheClock.class, Offenders.RefersToTheClock.class})
    void clockOutsideItsPackageFails(Class<?> offender) {
        assertThatThrownBy(rules("", offender)::timeIsReadInOnePackage).hasMessageContaining(offender.getName());
        assertThatCode(rules("", Offenders.Sleeps.class)::timeIsReadInOnePackage)
                .doesNotThrowAnyException();
    }

    @Test
    void sleepFails() {
        assertThatThrownBy(rules("", Offenders.Sleeps.class)::nothingSleeps).hasMessageContaining("TimeUnit.sleep");
        assertThatCode(rules("", Offenders.CallsTheClock.class)::nothingSleeps).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(classes = {Offenders.KeepsStaticCounter.class, Offenders.KeepsStaticField.class})
    void staticStateFails(Class<?> offender) {
        assertThatThrownBy(rules("", offender)::nothingStaticChanges).hasMessageContaining("is static and can change");
        assertThatCode(rules("", Layers.class, LayersContractTest.class)::nothingStaticChanges)
                .doesNotThrowAnyException();
    }

    @Test
    void thirdPartyInPublicSignatureFails() {
        assertThatThrownBy(rules("", Offenders.ShowsThirdParty.class)::publicSignaturesMentionNoThirdParty)
                .hasMessageContaining("classes() mentions com.tngtech.archunit.core.domain.JavaClasses");
        assertThatCode(rules("", Offenders.HidesThirdParty.class)::publicSignaturesMentionNoThirdParty)
                .doesNotThrowAnyException();
    }

    @Test
    void lineThatIsNoEdgeIsRefused() {
        assertThatThrownBy(() -> Layers.parse("core.key core.value")).hasMessageContaining("core.key core.value");
        assertThatThrownBy(() -> Layers.parse("core.key ->\ncore.key ->")).hasMessageContaining("listed twice");
    }

    private static LayersContract rules(String table, Class<?>... classes) {
        return new LayersContract(table, CLASSES.that(belongToAnyOf(classes))) {};
    }
}
