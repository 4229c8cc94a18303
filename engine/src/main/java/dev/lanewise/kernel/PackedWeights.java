package dev.lanewise.kernel;

/**
 * A constant matrix {@code [k, n]} in panels of 32 columns, the right side of a product: panel p holds columns 32p … 32p+31, one
 * row of a panel after the other; missing columns are zero. A prefix of columns is a prefix of panels.
 */
public sealed interface PackedWeights permits PackedMatrix, PackedInt8Matrix {
    int k();

    int n();

    /** First element of a panel in the data. */
    int panelOffset(int panel);

    default int panels() {
        return (n() + PackedMatrix.PANEL - 1) / PackedMatrix.PANEL;
    }

    /** Columns of a panel that are the matrix's own. */
    default int columns(int panel) {
        return Math.min(PackedMatrix.PANEL, n() - panel * PackedMatrix.PANEL);
    }
}
