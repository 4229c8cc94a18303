package dev.lanewise.cli;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Outputs;
import dev.lanewise.Tensor;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/**
 * How far the outputs of two engines are apart.
 *
 * @param absolute largest difference of an element
 * @param relative largest over the outputs of: largest difference, divided by the largest absolute value
 */
record Difference(double absolute, double relative) {
    /** Elements that are not finite count as equal only to themselves. */
    static Difference of(Outputs ours, Map<String, Tensor> theirs) {
        double absolute = 0;
        double relative = 0;
        for (Map.Entry<String, Tensor> e : theirs.entrySet()) {
            Tensor a = ours.get(e.getKey());
            Tensor b = e.getValue();
            if (a.type() != b.type() || !a.hasShape(b.shape())) {
                throw new InvalidInputException(e.getKey(), "the same output of both engines, " + b, a.toString(),
                        "one of them is wrong");
            }
            IntToDoubleFunction x = Summary.elements(a);
            IntToDoubleFunction y = Summary.elements(b);
            double largest = 0;
            double difference = 0;
            for (int i = 0; i < a.size(); i++) {
                double u = x.applyAsDouble(i);
                double v = y.applyAsDouble(i);
                if (Double.compare(u, v) != 0 && u != v) {
                    double d = Math.abs(u - v);
                    difference = Math.max(difference, Double.isNaN(d) ? Double.POSITIVE_INFINITY : d);
                }
                largest = Math.max(largest, Math.abs(v));
            }
            absolute = Math.max(absolute, difference);
            relative = Math.max(relative, difference == 0 ? 0 : difference / largest);
        }
        return new Difference(absolute, relative);
    }
}
