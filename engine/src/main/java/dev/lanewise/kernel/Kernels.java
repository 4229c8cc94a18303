package dev.lanewise.kernel;

/** All compute kernels; two implementations (scalar, the specification, and vector). */
public interface Kernels {
    String name();

    int vectorBits();
}
