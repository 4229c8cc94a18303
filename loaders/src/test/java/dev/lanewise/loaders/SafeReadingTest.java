package dev.lanewise.loaders;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.lanewise.loaders.onnx.OnnxFormat;
import java.io.ObjectInputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What reads files has no way to run code out of them or to end the process; a test of the engine says the same of it. */
class SafeReadingTest {
    private static JavaClasses loaders;

    @BeforeAll
    static void readClasses() throws Exception {
        loaders = new ClassFileImporter()
                .importPath(Path.of(OnnxFormat.class.getProtectionDomain().getCodeSource().getLocation().toURI()));
        assertTrue(loaders.contain(OnnxFormat.class));
    }

    @Test
    void noFileIsMappedAndNoNativeCodeLoaded() {
        noClasses().should().callMethod(FileChannel.class, "map", FileChannel.MapMode.class, long.class, long.class)
                .orShould().callMethod(System.class, "load", String.class)
                .orShould().callMethod(System.class, "loadLibrary", String.class)
                .orShould().callMethod(Runtime.class, "exec", String.class)
                .orShould().dependOnClassesThat().areAssignableTo(ProcessBuilder.class)
                .orShould().dependOnClassesThat().resideInAPackage("java.lang.foreign..").check(loaders);
    }

    @Test
    void nothingIsDeserialisedOrLookedUpByAName() {
        noClasses().should().dependOnClassesThat().areAssignableTo(ObjectInputStream.class).check(loaders);
        noClasses().that().resideInAPackage("dev.lanewise.loaders..").should()
                .callMethod(Class.class, "forName", String.class).check(loaders);
        classes().that().resideInAPackage("dev.lanewise.loaders..").should().onlyDependOnClassesThat()
                .resideInAnyPackage("dev.lanewise..", "java.lang", "java.lang.invoke", "java.lang.runtime", "java.io",
                        "java.nio..", "java.util..", "java.time..")
                .check(loaders);
    }
}
