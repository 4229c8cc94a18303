package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.KernelMode;

/** The kernels that a test run is about. */
final class TestKernels {
    static final Kernels SCALAR = KernelProvider.select(KernelMode.SCALAR);

    private TestKernels() {
    }

    /** Vector kernels, which must be there unless this run is for scalar kernels; then the test is skipped. */
    static Kernels vector() {
        assumeTrue(KernelMode.ofProperty() != KernelMode.SCALAR, "a run of scalar kernels");
        return KernelProvider.select(KernelMode.REQUIRE);
    }

    /** The kernels of this run, whichever they are. */
    static Kernels own() {
        return KernelMode.ofProperty() == KernelMode.SCALAR ? SCALAR : vector();
    }
}
