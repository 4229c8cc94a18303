package dev.lanewise.loaders.onnx;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Value;
import dev.lanewise.op.shape.GridSample;
import dev.lanewise.op.shape.NonMaxSuppression;
import dev.lanewise.op.shape.Resize;
import dev.lanewise.op.shape.ResizeSampling;
import dev.lanewise.op.shape.RoiAlign;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Importers of the operators that resample images and handle regions of them. */
final class ImageImports {
    private ImageImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "Resize" -> ImageImports::resize;
            case "Upsample" -> ImageImports::upsample;
            case "GridSample" -> ImageImports::gridSample;
            case "RoiAlign" -> ImageImports::roiAlign;
            case "NonMaxSuppression" -> n -> n.node(new NonMaxSuppression(n.integer("center_point_box", 0) != 0));
            default -> null;
        };
    }

    private static List<Value> resize(OnnxNode n) {
        boolean old = n.opset() < 11;
        ResizeSampling sampling = new ResizeSampling(
                mode(n),
                ResizeSampling.Coordinates.valueOf(upper(old ? "asymmetric"
                        : ShapeImports.choice(n, "coordinate_transformation_mode", "half_pixel", "half_pixel",
                                "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric",
                                "tf_crop_and_resize"))),
                ResizeSampling.Nearest.valueOf(upper(old ? "floor"
                        : ShapeImports.choice(n, "nearest_mode", "round_prefer_floor", "round_prefer_floor",
                                "round_prefer_ceil", "floor", "ceil"))),
                n.real("cubic_coeff_a", -0.75f), n.integer("exclude_outside", 0) != 0, n.integer("antialias", 0) != 0);
        Resize.AspectRatio policy = Resize.AspectRatio.valueOf(upper(ShapeImports.choice(n,
                "keep_aspect_ratio_policy", "stretch", "stretch", "not_larger", "not_smaller")));
        long[] axes = n.integers("axes");
        List<Integer> named = axes == null ? List.of() : Arrays.stream(axes).mapToObj(Math::toIntExact).toList();
        Resize operator = new Resize(sampling, policy, named, n.real("extrapolation_value", 0));
        if (old) {
            return n.node(operator, n.input(0), null, n.input(1));
        }
        // operator set 11 writes an empty tensor for what is not there
        return n.node(operator, n.input(0), given(n.input(1)), given(n.input(2)), given(n.input(3)));
    }

    private static Value given(Value v) {
        return v != null && v.isConstant() && v.fact().constant().size() == 0 ? null : v;
    }

    private static ResizeSampling.Mode mode(OnnxNode n) {
        return switch (ShapeImports.choice(n, "mode", "nearest", "nearest", "linear", "bilinear", "cubic")) {
            case "nearest" -> ResizeSampling.Mode.NEAREST;
            case "cubic" -> ResizeSampling.Mode.CUBIC;
            default -> ResizeSampling.Mode.LINEAR;
        };
    }

    private static List<Value> upsample(OnnxNode n) {
        ResizeSampling sampling = new ResizeSampling(mode(n), ResizeSampling.Coordinates.ASYMMETRIC,
                ResizeSampling.Nearest.FLOOR, -0.75f, false, false);
        float[] scales = n.reals("scales");
        if (n.opset() < 7) {
            throw n.unsupported("with height_scale and width_scale");
        }
        Value operand = scales == null ? n.input(1) : n.constant(Tensor.of(scales, scales.length));
        return n.node(new Resize(sampling, Resize.AspectRatio.STRETCH, List.of(), 0), n.input(0), null, operand);
    }

    private static List<Value> gridSample(OnnxNode n) {
        GridSample.Mode mode = switch (ShapeImports.choice(n, "mode", "linear", "linear", "bilinear", "nearest",
                "cubic", "bicubic")) {
            case "nearest" -> GridSample.Mode.NEAREST;
            case "cubic", "bicubic" -> GridSample.Mode.CUBIC;
            default -> GridSample.Mode.LINEAR;
        };
        GridSample.Padding padding = GridSample.Padding.valueOf(upper(ShapeImports.choice(n, "padding_mode", "zeros",
                "zeros", "border", "reflection")));
        return n.node(new GridSample(mode, padding, n.integer("align_corners", 0) != 0));
    }

    private static List<Value> roiAlign(OnnxNode n) {
        String coordinates = n.opset() < 16 ? "output_half_pixel"
                : ShapeImports.choice(n, "coordinate_transformation_mode", "half_pixel", "half_pixel",
                        "output_half_pixel");
        return n.node(new RoiAlign(Math.toIntExact(n.integer("output_height", 1)),
                Math.toIntExact(n.integer("output_width", 1)), Math.toIntExact(n.integer("sampling_ratio", 0)),
                n.real("spatial_scale", 1), coordinates.equals("half_pixel"),
                ShapeImports.choice(n, "mode", "avg", "avg", "max").equals("max")));
    }

    private static String upper(String name) {
        return name.toUpperCase(Locale.ROOT);
    }
}
