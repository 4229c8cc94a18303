package dev.lanewise.loaders.onnx;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Value;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.ConstantOfShape;
import dev.lanewise.op.shape.Expand;
import dev.lanewise.op.shape.Flatten;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.GatherElements;
import dev.lanewise.op.shape.GatherND;
import dev.lanewise.op.shape.Identity;
import dev.lanewise.op.shape.Range;
import dev.lanewise.op.shape.Reshape;
import dev.lanewise.op.shape.Shape;
import dev.lanewise.op.shape.Size;
import dev.lanewise.op.shape.Slice;
import dev.lanewise.op.shape.Split;
import dev.lanewise.op.shape.Squeeze;
import dev.lanewise.op.shape.Tile;
import dev.lanewise.op.shape.Transpose;
import dev.lanewise.op.shape.Unsqueeze;
import java.util.Arrays;
import java.util.List;

/** Importers of the shape and data movement operators. */
final class ShapeImports {
    private ShapeImports() {
    }

    static void register(Registry r) {
        r.add("Shape", n -> n.node(new Shape(integer(n, "start", 0), n.has("end") ? integer(n, "end", 0) : null)));
        r.add("Size", n -> n.node(new Size()));
        r.add("Identity", n -> n.node(new Identity()));
        r.add("Reshape", n -> n.node(new Reshape(n.integer("allowzero", 0) != 0), n.input(0),
                operand(n, 1, "shape", 5)));
        r.add("Flatten", n -> n.node(new Flatten(integer(n, "axis", 1))));
        r.add("Unsqueeze", n -> n.node(new Unsqueeze(), n.input(0), operand(n, 1, "axes", 13)));
        r.add("Squeeze", n -> n.node(new Squeeze(), n.input(0), operand(n, 1, "axes", 13)));
        r.add("Transpose", n -> n.node(new Transpose(permutation(n))));
        r.add("Concat", n -> n.node(new Concat(n.opset() < 4 ? integer(n, "axis", 1)
                : Math.toIntExact(n.requiredInteger("axis")))));
        r.add("Split", ShapeImports::split);
        r.add("Slice", ShapeImports::slice);
        r.add("Expand", n -> n.node(new Expand()));
        r.add("Tile", ShapeImports::tile);
        r.add("ConstantOfShape", n -> n.node(new ConstantOfShape(
                n.has("value") ? n.tensor("value") : Tensor.of(new float[1], 1))));
        r.add("Range", n -> n.node(new Range()));
        r.add("Gather", n -> n.node(new Gather(integer(n, "axis", 0))));
        r.add("GatherElements", n -> n.node(new GatherElements(integer(n, "axis", 0))));
        r.add("GatherND", n -> n.node(new GatherND(integer(n, "batch_dims", 0))));
    }

    private static int integer(OnnxNode n, String attribute, int ifAbsent) {
        return Math.toIntExact(n.integer(attribute, ifAbsent));
    }

    /** Input {@code i}, which was an INTS attribute before operator set {@code since}; null where neither is there. */
    private static Value operand(OnnxNode n, int i, String attribute, int since) {
        long[] given = n.opset() < since ? n.integers(attribute) : null;
        return given == null ? n.input(i) : n.constant(Tensor.of(given, given.length));
    }

    private static List<Integer> permutation(OnnxNode n) {
        long[] perm = n.integers("perm");
        return perm == null ? List.of() : Arrays.stream(perm).mapToObj(Math::toIntExact).toList();
    }

    private static List<Value> split(OnnxNode n) {
        int parts = n.outputCount();
        if (n.has("num_outputs") && n.integer("num_outputs", 0) != parts) {
            throw n.error("num_outputs = " + parts + ", the number of outputs", "" + n.integer("num_outputs", 0),
                    "correct num_outputs");
        }
        return n.node(new Split(integer(n, "axis", 0), parts), n.input(0), operand(n, 1, "split", 13));
    }

    private static List<Value> slice(OnnxNode n) {
        if (n.opset() >= 10) {
            return n.node(new Slice());
        }
        return n.node(new Slice(), n.input(0), operand(n, 1, "starts", 10), operand(n, 2, "ends", 10),
                operand(n, 3, "axes", 10));
    }

    private static List<Value> tile(OnnxNode n) {
        if (n.opset() < 6) {
            throw n.unsupported("with tiles and axis as inputs");
        }
        return n.node(new Tile());
    }
}
