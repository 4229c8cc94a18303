package dev.lanewise.op.linear;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import java.util.Arrays;
import java.util.List;

/** ONNX Det-22: determinants of square matrices {@code [..., m, m]}: {@code [...]}, by elimination in double precision. */
public record Det() implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, Elements.floats());
        Dim[] shape = in.shape(0);
        if (shape == null) {
            return List.of(Fact.unknown(type));
        }
        if (shape.length < 2) {
            throw in.error("square matrices", in.input(0).toString(), "give two axes or more");
        }
        in.assumeEqual(shape[shape.length - 2], shape[shape.length - 1]);
        return List.of(Fact.of(type, Arrays.copyOf(shape, shape.length - 2)));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        int m = x.dim(x.rank() - 1);
        Tensor y = Tensor.zeros(x.type(), Arrays.copyOf(x.shape(), x.rank() - 2));
        for (int i = 0; i < y.size(); i++) {
            double[][] rows = new double[m][m];
            for (int e = 0; e < m * m; e++) {
                rows[e / m][e % m] = Elements.doubleAt(x, i * m * m + e);
            }
            Elements.set(y, i, determinant(rows));
        }
        return new Tensor[] {y};
    }

    /** By elimination with the largest pivot of each column. */
    private static double determinant(double[][] rows) {
        double product = 1;
        for (int c = 0; c < rows.length; c++) {
            int pivot = c;
            for (int r = c + 1; r < rows.length; r++) {
                pivot = Math.abs(rows[r][c]) > Math.abs(rows[pivot][c]) ? r : pivot;
            }
            double[] chosen = rows[pivot];
            rows[pivot] = rows[c];
            rows[c] = chosen;
            product *= pivot == c ? chosen[c] : -chosen[c];
            if (chosen[c] == 0) {
                return product + 0.0; // -0 is 0
            }
            for (int r = c + 1; r < rows.length; r++) {
                double factor = rows[r][c] / chosen[c];
                for (int k = c; k < rows.length; k++) {
                    rows[r][k] -= factor * chosen[k];
                }
            }
        }
        return product;
    }
}
