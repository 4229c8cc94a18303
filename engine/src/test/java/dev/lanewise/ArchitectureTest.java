package dev.lanewise;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.BaseStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The arrows between the packages of the engine, what leaves the module, and what the engine never does. */
class ArchitectureTest {
    private static final String ROOT = "dev.lanewise";
    private static final Set<String> INNER = Set.of("graph", "kernel", "exec", "op", "compile");
    /** Packages of the API beside the root. */
    private static final Set<String> PUBLIC = Set.of("elastic");
    private static final Set<String> FRIENDS =
            Set.of("dev.lanewise.loaders", "dev.lanewise.quant", "dev.lanewise.models",
                    "dev.lanewise.cli");

    private static Path location;
    private static JavaClasses engine;

    @BeforeAll
    static void readClasses() throws Exception {
        location = Path.of(Version.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        engine = new ClassFileImporter().importPath(location);
        assertTrue(engine.contain(Version.class), "no classes of the engine at " + location);
    }

    /** A package may use itself, those named to its right, and the API types of the root package. */
    @ParameterizedTest
    @ValueSource(strings = {"graph:", "kernel:", "elastic:", "exec: graph kernel", "op: graph kernel exec",
        "compile: graph kernel exec op elastic"})
    void innerPackagesKnowOnly(String arrow) {
        String[] known =
                Arrays.stream(arrow.split(":? |:")).map(name -> ROOT + "." + name + "..").toArray(String[]::new);
        check(noClasses().that().resideInAPackage(known[0])
                .should().dependOnClassesThat(resideInAPackage(ROOT + ".*..").and(not(resideInAnyPackage(known)))));
    }

    @Test
    void onlyVectorKernelsNameTheIncubatorModule() {
        check(noClasses().that().resideOutsideOfPackage(ROOT + ".kernel.vector..")
                .should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector.."));
    }

    @Test
    void dependsOnTheJdkAlone() {
        check(classes().should().onlyDependOnClassesThat()
                .resideInAnyPackage(ROOT + "..", "java..", "jdk.jfr..", "jdk.incubator.vector.."));
    }

    @Test
    void leavesTheJvmOfItsUserAlone() {
        check(noClasses().should().callMethod(System.class, "setProperty", String.class, String.class)
                .orShould().callMethod(ForkJoinPool.class, "commonPool")
                .orShould().callMethod(Collection.class, "parallelStream")
                .orShould().callMethod(BaseStream.class, "parallel")
                .orShould().accessField(System.class, "out")
                .orShould().accessField(System.class, "err"));
    }

    @Test
    void mapsNoFileAndLoadsNoNativeCode() {
        check(noClasses().should().dependOnClassesThat().resideInAPackage("java.nio.channels..")
                .orShould().dependOnClassesThat().resideInAPackage("java.lang.foreign..")
                .orShould().dependOnClassesThat().areAssignableTo(ObjectInputStream.class)
                .orShould().callMethod(System.class, "load", String.class)
                .orShould().callMethod(System.class, "loadLibrary", String.class));
    }

    /** The door to the kernels loads its provider by name, so that a missing vector module is an answer and no crash. */
    @Test
    void onlyTheKernelDoorReflects() {
        check(noClasses().that().resideOutsideOfPackage(ROOT + ".kernel")
                .should().dependOnClassesThat().resideInAPackage("java.lang.reflect..")
                .orShould().callMethod(Class.class, "forName", String.class));
    }

    @Test
    void exportsTheApiToAllAndInnerPackagesToItsOwnModulesOnly() {
        var descriptor = ModuleFinder.of(location).find("dev.lanewise.engine").orElseThrow().descriptor();
        Map<String, Set<String>> exported = descriptor.exports().stream()
                .collect(toMap(Exports::source, Exports::targets));
        // A directory of classes lists its packages even where the descriptor does not.
        Map<String, Set<String>> expected = descriptor.packages().stream().filter(ArchitectureTest::isInner)
                .collect(toMap(name -> name, name -> FRIENDS));
        expected.put(ROOT, Set.of());
        PUBLIC.forEach(name -> expected.put(ROOT + "." + name, Set.of()));
        assertEquals(expected, exported);
    }

    @Test
    void innerPackagesAreTheOnesNamedHere() {
        Set<String> found = engine.stream().map(type -> type.getPackageName())
                .filter(name -> name.startsWith(ROOT + "."))
                .map(name -> name.substring(ROOT.length() + 1).split("\\.")[0]).collect(toSet());
        found.removeAll(INNER);
        found.removeAll(PUBLIC);
        assertEquals(Set.of(), found, "packages that no rule covers: say here whom they may know");
    }

    /** Packages that Lanewise's other modules see: the inner ones and the operator families, no kernel implementation. */
    private static boolean isInner(String name) {
        return name.startsWith(ROOT + ".")
                && (INNER.contains(name.substring(ROOT.length() + 1)) || name.startsWith(ROOT + ".op."));
    }

    /** Before a package exists, a rule about it holds. */
    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(engine);
    }
}
