package dev.lanewise.kernel;

import dev.lanewise.KernelMode;
import dev.lanewise.KernelUnavailableException;
import dev.lanewise.kernel.scalar.ScalarKernels;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The one door to the kernels: decides once per process whether vector kernels can run, and says why not. */
public final class KernelProvider {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    private KernelProvider() {
    }

    /** Checked and loaded at first use, and then the same for the whole process. */
    private static final class Found {
        static final Optional<String> REFUSAL = refusal();
        static final Kernels VECTOR = REFUSAL.isPresent() ? null : load();

        static {
            if (VECTOR == null) {
                System.getLogger("dev.lanewise").log(Level.WARNING,
                        "Lanewise runs on scalar kernels, many times slower: " + REFUSAL.orElseThrow());
            }
        }
    }

    private static final class Scalar {
        static final Kernels KERNELS = new ScalarKernels();
    }

    /**
     * The kernels for a mode.
     *
     * @throws KernelUnavailableException for REQUIRE where vector kernels cannot run
     */
    public static Kernels select(KernelMode mode) {
        return switch (mode) {
            case SCALAR -> Scalar.KERNELS;
            case AUTO -> Found.VECTOR != null ? Found.VECTOR : Scalar.KERNELS;
            case REQUIRE -> {
                if (Found.VECTOR == null) {
                    throw new KernelUnavailableException(Found.REFUSAL.orElseThrow());
                }
                yield Found.VECTOR;
            }
        };
    }

    /** Why vector kernels cannot run in this process and what to do about it; empty where they can. */
    public static Optional<String> whyScalar() {
        return Found.REFUSAL;
    }

    private static Optional<String> refusal() {
        if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
            return Optional
                    .of("module " + VECTOR_MODULE + " is not loaded; start java with --add-modules " + VECTOR_MODULE);
        }
        String vm = System.getProperty("java.vm.name", "").toLowerCase(Locale.ROOT);
        if (!vm.contains("hotspot") && !vm.contains("openjdk")) {
            return Optional.of("this JVM is " + System.getProperty("java.vm.name") + "; use a HotSpot JDK 25 or later");
        }
        if (!System.getProperty("java.vm.info", "").contains("mixed mode")) {
            return Optional.of("this JVM runs without its compilers; start it without -Xint");
        }
        for (String option : arguments()) {
            if (option.matches("-XX:TieredStopAtLevel=[0-3]") || option.equals("-XX:-UseCompiler")
                    || option.equals("-client")) {
                return Optional.of("the C2 compiler is off; start java without " + option);
            }
        }
        return Optional.empty();
    }

    private static List<String> arguments() {
        return ModuleLayer.boot().findModule("java.management").isEmpty() ? List.of()
                : ManagementFactory.getRuntimeMXBean().getInputArguments();
    }

    /** Loaded by name, so that no class mentions the incubator module before the checks. */
    private static Kernels load() {
        try {
            return (Kernels) Class.forName("dev.lanewise.kernel.vector.VectorKernels").getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the engine's jar is incomplete", e);
        }
    }
}
