package io.evcache.archrules;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * The promises that the code of every module keeps. A module's test extends this with its table of edges (see
 * {@link Layers}) and is then complete. Packages that do not exist yet are no violation.
 */
@TestInstance(Lifecycle.PER_CLASS) // the classes are read once
public abstract class LayersContract {

    private final Layers layers;
    private final JavaClasses classes;

    /**
     * @param root the module's root package; its classes are read from the class path, tests left out
     * @param table a line {@code package -> allowed, packages} for each package
     */
    protected LayersContract(String root, String table) {
        this(
                table,
                new ClassFileImporter()
                        .withImportOption(new DoNotIncludeTests())
                        .importPackages(root));
    }

    LayersContract(String table, JavaClasses classes) {
        this.layers = Layers.parse(table);
        this.classes = classes;
    }

    @Test
    void everyPackageUsesOnlyWhatItsLineAllows() {
        assertThat(violations(layers::violations)).isEmpty();
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.evcache.(**)")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(classes);
    }

    @Test
    void publicSignaturesMentionNoThirdParty() {
        assertThat(violations(Habits::thirdPartyInSignatures)).isEmpty();
    }

    @Test
    void timeIsReadInOnePackage() {
        assertThat(violations(Habits::clocks)).isEmpty();
    }

    @Test
    void nothingSleeps() {
        assertThat(violations(Habits::sleeps)).isEmpty();
    }

    @Test
    void nothingStaticChanges() {
        assertThat(violations(Habits::mutableStatics)).isEmpty();
    }

    private List<String> violations(Function<JavaClass, List<String>> rule) {
        return classes.stream().map(rule).flatMap(List::stream).sorted().toList();
    }
}
