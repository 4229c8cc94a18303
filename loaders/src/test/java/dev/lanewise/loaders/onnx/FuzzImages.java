package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.FuzzGraph.EXACT;
import static dev.lanewise.loaders.onnx.FuzzGraph.ROUNDED;
import static dev.lanewise.loaders.onnx.FuzzRecipe.flag;
import static dev.lanewise.loaders.onnx.FuzzRecipe.when;
import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.real;
import static dev.lanewise.loaders.onnx.OnnxModels.text;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.FuzzModel.Item;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sampling of images, and boxes in them. */
final class FuzzImages {
    private FuzzImages() {
    }

    static List<FuzzRecipe> recipes() {
        List<FuzzRecipe> all = new ArrayList<>();
        all.add(FuzzRecipe.of("Resize", 10, FuzzImages::resize));
        all.add(new FuzzRecipe("Upsample", 7, 9, g -> {
            Item x = image(g, 2);
            float[] scales = {1, 1, g.one(1f, 2f, 1.5f), g.one(1f, 2f, 3f)};
            g.op("Upsample", ROUNDED, g.opset() < 9 ? List.of(x) : List.of(x, g.constant(Tensor.of(scales, 4))),
                    text("mode", g.one("nearest", "linear")), when(g.opset() < 9, OnnxModels.reals("scales", scales)));
        }));
        all.add(FuzzRecipe.of("GridSample", 16, g -> {
            int axes = g.opset() >= 20 && g.chance(3) ? 3 : 2;
            Item x = image(g, axes);
            boolean named = g.opset() >= 20;
            String mode = g.one("nearest", named ? "linear" : "bilinear", axes == 3 ? "nearest"
                    : named ? "cubic" : "bicubic");
            int[] grid = FuzzShapes.joined(new int[] {x.dim(0)}, FuzzShapes.joined(FuzzShapes.picks(g, axes, 1, 4),
                    axes));
            g.op("GridSample", 2 * ROUNDED, List.of(x, g.leaf(g.values.reals(DataType.FLOAT, -1.3, 1.3, grid))),
                    text("mode", mode), text("padding_mode", g.one("zeros", "border", "reflection")),
                    flag("align_corners", g.chance()));
        }));
        all.add(FuzzRecipe.of("AffineGrid", 20, g -> {
            int axes = g.pick(2, 3);
            int n = g.pick(1, 2);
            g.op("AffineGrid", ROUNDED, List.of(g.leaf(g.values.reals(DataType.FLOAT, -1, 1, n, axes, axes + 1)),
                    g.longs(FuzzShapes.joined(new int[] {n, 2}, FuzzShapes.picks(g, axes, 1, 4)))),
                    flag("align_corners", g.chance()));
        }));
        all.add(FuzzRecipe.of("RoiAlign", 10, FuzzImages::roiAlign));
        all.add(FuzzRecipe.of("NonMaxSuppression", 10, FuzzImages::suppression));
        return all;
    }

    private static Item image(FuzzGraph g, int axes) {
        return g.leaf(g.values.reals(DataType.FLOAT, -2, 2, FuzzShapes.joined(FuzzShapes.picks(g, 2, 1, 2),
                FuzzShapes.picks(g, axes, 1, 5))));
    }

    private static void resize(FuzzGraph g) {
        int axes = g.one(1, 2, 2, 2);
        Item x = image(g, axes);
        int rank = axes + 2;
        boolean bySize = g.opset() >= 11 && g.chance();
        float[] scales = new float[rank];
        long[] sizes = new long[rank];
        for (int d = 0; d < rank; d++) {
            scales[d] = d < 2 ? 1 : g.one(1f, 2f, 3f, 0.5f, 1.5f, 0.75f);
            sizes[d] = d < 2 ? x.dim(d) : g.pick(1, 9);
            if (Math.floor(x.dim(d) * scales[d]) < 1) {
                scales[d] = 1;
            }
        }
        String mode = g.opset() < 11 ? g.one("nearest", "linear") : g.one("nearest", "linear", axes == 2 ? "cubic"
                : "linear");
        Item factors = g.constant(Tensor.of(scales, rank));
        if (g.opset() < 11) {
            g.op("Resize", ROUNDED, List.of(x, factors), text("mode", mode));
            return;
        }
        boolean crop = g.chance(8);
        Item region = null;
        if (crop || g.opset() < 13) {
            region = g.constant(crop ? region(g, rank) : Tensor.of(new float[0], 0));
        }
        String coordinates = crop ? "tf_crop_and_resize" : g.opset() >= 19 ? g.one("half_pixel", "asymmetric",
                "align_corners", "pytorch_half_pixel", "half_pixel_symmetric")
                : g.one("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel");
        Item none = g.opset() < 13 ? g.constant(Tensor.of(new float[0], 0)) : null;
        g.op("Resize", 2 * ROUNDED, Arrays.asList(x, region, bySize ? none : factors, bySize
                ? g.constant(Tensor.of(sizes, rank)) : null), text("mode", mode),
                text("coordinate_transformation_mode", coordinates),
                when(mode.equals("nearest"), text("nearest_mode", g.one("round_prefer_floor", "round_prefer_ceil",
                        "floor", "ceil"))),
                when(mode.equals("cubic") && g.chance(), real("cubic_coeff_a", -0.5f)),
                when(mode.equals("cubic") && g.chance(), flag("exclude_outside", true)),
                when(crop, real("extrapolation_value", 0.5f)),
                when(g.opset() >= 18 && !mode.equals("nearest") && !crop && g.chance(4), flag("antialias", true)));
    }

    private static Tensor region(FuzzGraph g, int rank) {
        float[] region = new float[2 * rank];
        for (int d = 0; d < rank; d++) {
            region[d] = d < 2 ? 0 : g.one(0f, 0.25f);
            region[d + rank] = d < 2 ? 1 : g.one(1f, 0.75f);
        }
        return Tensor.of(region, 2 * rank);
    }

    private static void roiAlign(FuzzGraph g) {
        Item x = image(g, 2);
        int boxes = g.pick(1, 3);
        Tensor rois = g.values.reals(DataType.FLOAT, 0, 2, boxes, 4);
        for (int i = 0; i < boxes; i++) {
            rois.floats()[4 * i + 2] += rois.floats()[4 * i] + 0.5f;
            rois.floats()[4 * i + 3] += rois.floats()[4 * i + 1] + 0.5f;
        }
        g.op("RoiAlign", 2 * ROUNDED, List.of(x, g.leaf(rois),
                g.leaf(g.values.between(DataType.INT64, 0, x.dim(0) - 1, boxes))), text("mode", g.one("avg", "max")),
                integer("output_height", g.pick(1, 3)), integer("output_width", g.pick(1, 3)),
                integer("sampling_ratio", g.pick(0, 2)), real("spatial_scale", g.one(1f, 0.5f)),
                when(g.opset() >= 16, text("coordinate_transformation_mode", g.one("half_pixel",
                        "output_half_pixel"))));
    }

    private static void suppression(FuzzGraph g) {
        int batch = g.pick(1, 2);
        int boxes = g.pick(1, 6);
        Tensor corners = g.values.reals(DataType.FLOAT, 0, 1, batch, boxes, 4);
        boolean centre = g.chance();
        for (int i = 0; i < batch * boxes && !centre; i++) {
            corners.floats()[4 * i + 2] += corners.floats()[4 * i];
            corners.floats()[4 * i + 3] += corners.floats()[4 * i + 1];
        }
        g.op("NonMaxSuppression", EXACT, Arrays.asList(g.leaf(corners),
                g.leaf(g.values.reals(DataType.FLOAT, 0, 1, batch, g.pick(1, 2), boxes)),
                g.leaf(Tensor.of(new long[] {g.pick(1, 4)}, 1)),
                g.chance() ? g.leaf(g.values.reals(DataType.FLOAT, 0.2, 0.6, 1)) : null,
                g.chance() ? g.leaf(g.values.reals(DataType.FLOAT, 0.1, 0.5, 1)) : null),
                integer("center_point_box", centre ? 1 : 0));
    }
}
