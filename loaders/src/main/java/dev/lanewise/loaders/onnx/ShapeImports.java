package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Cast;
import dev.lanewise.op.shape.AffineGrid;
import dev.lanewise.op.shape.CenterCropPad;
import dev.lanewise.op.shape.Compress;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.ConstantOfShape;
import dev.lanewise.op.shape.DepthToSpace;
import dev.lanewise.op.shape.Expand;
import dev.lanewise.op.shape.EyeLike;
import dev.lanewise.op.shape.Flatten;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.GatherElements;
import dev.lanewise.op.shape.GatherND;
import dev.lanewise.op.shape.Identity;
import dev.lanewise.op.shape.NonZero;
import dev.lanewise.op.shape.OneHot;
import dev.lanewise.op.shape.Pad;
import dev.lanewise.op.shape.Range;
import dev.lanewise.op.shape.Reduction;
import dev.lanewise.op.shape.Reshape;
import dev.lanewise.op.shape.ReverseSequence;
import dev.lanewise.op.shape.ScatterElements;
import dev.lanewise.op.shape.ScatterND;
import dev.lanewise.op.shape.Shape;
import dev.lanewise.op.shape.Size;
import dev.lanewise.op.shape.Slice;
import dev.lanewise.op.shape.SpaceToDepth;
import dev.lanewise.op.shape.Split;
import dev.lanewise.op.shape.Squeeze;
import dev.lanewise.op.shape.Tile;
import dev.lanewise.op.shape.Transpose;
import dev.lanewise.op.shape.Trilu;
import dev.lanewise.op.shape.Unique;
import dev.lanewise.op.shape.Unsqueeze;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Importers of the shape and data movement operators. */
final class ShapeImports {
    private ShapeImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "Shape" -> n -> n.node(new Shape(integer(n, "start", 0), n.has("end") ? integer(n, "end", 0) : null));
            case "Size" -> n -> n.node(new Size());
            case "Identity" -> n -> n.node(new Identity());
            case "Reshape" -> n -> n.node(new Reshape(n.integer("allowzero", 0) != 0), n.input(0),
                    operand(n, 1, "shape", 5));
            case "Flatten" -> n -> n.node(new Flatten(integer(n, "axis", 1)));
            case "Unsqueeze" -> n -> n.node(new Unsqueeze(), n.input(0), operand(n, 1, "axes", 13));
            case "Squeeze" -> n -> n.node(new Squeeze(), n.input(0), operand(n, 1, "axes", 13));
            case "Transpose" -> n -> n.node(new Transpose(permutation(n)));
            case "Concat" -> n -> n.node(new Concat(n.opset() < 4 ? integer(n, "axis", 1)
                    : Math.toIntExact(n.requiredInteger("axis"))));
            case "Split" -> ShapeImports::split;
            case "Slice" -> ShapeImports::slice;
            case "Expand" -> n -> n.node(new Expand());
            case "Tile" -> ShapeImports::tile;
            case "ConstantOfShape" -> n -> n.node(new ConstantOfShape(
                    n.has("value") ? n.tensor("value") : Tensor.of(new float[1], 1)));
            case "Range" -> n -> n.node(new Range());
            case "Gather" -> n -> n.node(new Gather(integer(n, "axis", 0)));
            case "GatherElements" -> n -> n.node(new GatherElements(integer(n, "axis", 0)));
            case "GatherND" -> n -> n.node(new GatherND(integer(n, "batch_dims", 0)));
            case "Scatter" -> n -> n.node(new ScatterElements(integer(n, "axis", 0), Reduction.NONE));
            case "ScatterElements" -> n -> n.node(new ScatterElements(integer(n, "axis", 0), reduction(n)));
            case "ScatterND" -> n -> n.node(new ScatterND(reduction(n)));
            case "Pad" -> ShapeImports::pad;
            case "DepthToSpace" -> n -> n.node(new DepthToSpace(Math.toIntExact(n.requiredInteger("blocksize")),
                    choice(n, "mode", "DCR", "DCR", "CRD").equals("CRD")));
            case "SpaceToDepth" -> n -> n.node(new SpaceToDepth(Math.toIntExact(n.requiredInteger("blocksize"))));
            case "CenterCropPad" -> n -> n.node(new CenterCropPad(n.integers("axes") == null ? List.of()
                    : Arrays.stream(n.integers("axes")).mapToObj(Math::toIntExact).toList()));
            case "AffineGrid" -> n -> n.node(new AffineGrid(n.integer("align_corners", 0) != 0));
            case "OneHot" -> n -> n.node(new OneHot(integer(n, "axis", -1)));
            case "NonZero" -> n -> n.node(new NonZero());
            case "Trilu" -> n -> n.node(new Trilu(n.integer("upper", 1) != 0));
            case "EyeLike" -> ShapeImports::eyeLike;
            case "Compress" -> n -> n.node(new Compress(n.has("axis") ? integer(n, "axis", 0) : null));
            case "ReverseSequence" -> n -> n.node(new ReverseSequence(integer(n, "batch_axis", 1),
                    integer(n, "time_axis", 0)));
            case "Unique" -> n -> n.node(new Unique(n.has("axis") ? integer(n, "axis", 0) : null,
                    n.integer("sorted", 1) != 0));
            default -> null;
        };
    }

    /** A text attribute that must be one of {@code allowed}. */
    static String choice(OnnxNode n, String attribute, String ifAbsent, String... allowed) {
        String value = n.text(attribute, ifAbsent);
        if (!List.of(allowed).contains(value)) {
            throw n.error(attribute + " in " + List.of(allowed), "'" + ModelFormatException.printable(value) + "'",
                    "correct the attribute");
        }
        return value;
    }

    private static Reduction reduction(OnnxNode n) {
        String name = choice(n, "reduction", "none", "none", "add", "mul", "max", "min");
        return Reduction.valueOf(name.toUpperCase(Locale.ROOT));
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

    private static List<Value> pad(OnnxNode n) {
        Pad operator = new Pad(Pad.Mode.valueOf(
                choice(n, "mode", "constant", "constant", "reflect", "edge", "wrap").toUpperCase(Locale.ROOT)));
        if (n.opset() >= 11) {
            return n.node(operator);
        }
        Value pads = operand(n, 1, n.opset() < 2 ? "paddings" : "pads", 11);
        Tensor value = Cast.convert(Tensor.scalar(n.real("value", 0)), n.required(0).fact().type());
        return n.node(operator, n.input(0), pads, n.constant(value));
    }

    private static List<Value> eyeLike(OnnxNode n) {
        DataType type = n.has("dtype") ? ElementTypes.of(integer(n, "dtype", 0), "attribute 'dtype'")
                : n.input(0).fact().type();
        return n.node(new EyeLike(integer(n, "k", 0), type));
    }
}
