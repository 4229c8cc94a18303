package dev.lanewise;

import java.util.Locale;

/** Which kernels a model runs on. */
public enum KernelMode {
    /** Vector kernels, or an exception that says what is missing. */
    REQUIRE,
    /** Vector kernels where the JVM has them; else scalar ones, with a warning in the log. */
    AUTO,
    /** Scalar kernels. */
    SCALAR;

    /** System property that gives the default: {@code require}, {@code auto} or {@code scalar}. */
    public static final String PROPERTY = "lanewise.kernels";

    /** The mode of the system property, AUTO where it is not set. */
    public static KernelMode ofProperty() {
        String value = System.getProperty(PROPERTY, "auto");
        try {
            return valueOf(value.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(PROPERTY, "require, auto or scalar", value, "correct the system property");
        }
    }
}
