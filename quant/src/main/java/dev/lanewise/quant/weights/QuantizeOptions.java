package dev.lanewise.quant.weights;

import dev.lanewise.op.quant.WeightFormat;
import java.util.List;
import java.util.function.Predicate;

/**
 * How a model's weights are quantised.
 *
 * @param format of matrices that are multiplied with
 * @param tables of tables whose rows are read
 * @param excluded names of matrices or of the nodes that read them that stay as they are
 * @param choice how scales are found
 * @param compensated whether rounding makes up for its errors on the calibration data
 * @param filters whether filters of convolutions are quantised, with the format of tables
 * @param targetError share of a matrix's outputs that may be wrong before it gets a wider format; 0 for any
 * @param nested widths that hidden neurons are nested in, rising; empty for none
 */
public record QuantizeOptions(WeightFormat format, WeightFormat tables, Predicate<String> excluded,
        ScaleChoice choice, boolean compensated, boolean filters, double targetError, List<Integer> nested) {
    public QuantizeOptions {
        nested = List.copyOf(nested);
    }
}
