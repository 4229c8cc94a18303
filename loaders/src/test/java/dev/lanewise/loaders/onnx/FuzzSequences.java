package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.FuzzGraph.EXACT;
import static dev.lanewise.loaders.onnx.FuzzGraph.ROUNDED;
import static dev.lanewise.loaders.onnx.FuzzRecipe.flag;
import static dev.lanewise.loaders.onnx.FuzzRecipe.when;
import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.node;
import static dev.lanewise.loaders.onnx.OnnxModels.text;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.FuzzModel.Item;
import dev.lanewise.loaders.onnx.FuzzModel.Unit;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Sequences, signals and strings. */
final class FuzzSequences {
    private FuzzSequences() {
    }

    static List<FuzzRecipe> recipes() {
        List<FuzzRecipe> all = new ArrayList<>();
        all.add(FuzzRecipe.of("SequenceConstruct", 11, FuzzSequences::constructed));
        all.add(FuzzRecipe.of("SplitToSequence", 11, FuzzSequences::split));
        all.add(FuzzRecipe.of("SequenceEmpty", 11, FuzzSequences::begun));
        all.add(FuzzRecipe.of("SequenceMap", 17, FuzzSequences::mapped));
        all.add(FuzzRecipe.of("Optional", 15, FuzzSequences::optional));
        all.add(FuzzRecipe.of("DFT", 17, FuzzSequences::dft));
        all.add(FuzzRecipe.of("STFT", 17, g -> {
            int frame = g.pick(2, 6);
            int length = frame + g.pick(0, 9);
            Item window = g.chance(3) ? null : g.constant(g.values.reals(DataType.FLOAT, 0, 1, frame));
            g.op("STFT", ROUNDED, Arrays.asList(real(g, g.pick(1, 2), length, 1), g.scalar(g.pick(1, 3)), window,
                    window == null || g.chance() ? g.scalar(frame) : null), flag("onesided", g.chance()));
        }));
        for (String type : List.of("HannWindow", "HammingWindow", "BlackmanWindow")) {
            all.add(FuzzRecipe.of(type, 17, g -> g.op(type, 10 * ROUNDED, List.of(g.scalar(g.pick(3, 12))),
                    flag("periodic", g.chance()))));
        }
        all.add(FuzzRecipe.of("MelWeightMatrix", 17, g -> g.op("MelWeightMatrix", 10 * ROUNDED,
                List.of(g.scalar(g.pick(1, 8)), g.scalar(g.one(16, 32, 64)), g.scalar(8192),
                        g.scalar(DataType.FLOAT, g.pick(0, 200)), g.scalar(DataType.FLOAT, g.pick(2000, 4096))))));
        all.add(FuzzRecipe.of("StringConcat", 20, g -> {
            Item a = g.any(DataType.STRING, 0, 3);
            g.op("StringConcat", EXACT, List.of(a, g.broadcast(DataType.STRING, a.tensor().shape(), i -> true)));
        }));
        all.add(FuzzRecipe.of("StringSplit", 20, g -> g.ops("", "StringSplit", EXACT, 2, List.of(g.any(DataType.STRING,
                0, 2, i -> i.tensor().size() > 0)), when(g.chance(), text("delimiter", g.one(".", " "))),
                when(g.chance(3), integer("maxsplit", g.pick(0, 2))))));
        all.add(FuzzRecipe.of("RegexFullMatch", 20, g -> g.op("RegexFullMatch", EXACT, List.of(g.any(DataType.STRING,
                0, 3)), text("pattern", g.one("[a-z]+", ".*", "\\d+", "[aB].*c")))));
        all.add(FuzzRecipe.of("StringNormalizer", 10, g -> g.op("StringNormalizer", EXACT,
                List.of(g.leaf(g.values.any(DataType.STRING, g.pick(1, 5)))),
                text("case_change_action", g.one("LOWER", "UPPER", "NONE")), text("locale", "en_US.UTF-8"),
                when(g.chance(), flag("is_case_sensitive", g.chance())))));
        return all;
    }

    private static Item real(FuzzGraph g, int... shape) {
        return g.leaf(g.values.reals(DataType.FLOAT, -2, 2, shape));
    }

    private static void dft(FuzzGraph g) {
        boolean complex = g.chance();
        int[] shape = FuzzShapes.joined(new int[] {g.pick(1, 2), g.pick(1, 6)}, g.pick(1, 5), complex ? 2 : 1);
        int axis = g.pick(1, 2);
        boolean inverse = complex && g.chance();
        boolean oneSided = !complex && g.chance();
        Item length = g.chance(3) ? g.scalar(g.pick(1, 7)) : null;
        boolean input = g.opset() >= 20;
        g.op("DFT", ROUNDED, Arrays.asList(real(g, shape), length, input ? g.constant(Tensor.scalar(axis)) : null),
                when(!input, integer("axis", axis)), when(inverse, flag("inverse", true)),
                when(oneSided, flag("onesided", true)));
    }

    /** Tensors into a sequence, out of it, or all in one again. */
    private static void constructed(FuzzGraph g) {
        Item x = g.any(g.type(FuzzRecipe.ALL), 1, 3);
        List<String> in = new ArrayList<>(List.of(x.name()));
        for (int i = g.pick(0, 2); i > 0; i--) {
            in.add(g.of(x.type(), x.tensor().shape()).name());
        }
        String s = g.fresh();
        List<NodeProto> nodes = new ArrayList<>(List.of(node("SequenceConstruct", String.join(",", in), s).build()));
        List<String> read = new ArrayList<>(in);
        if (g.chance(3)) {
            String next = g.fresh();
            Item more = g.of(x.type(), x.tensor().shape());
            read.add(more.name());
            nodes.add(node("SequenceInsert", s + "," + more.name(), next).build());
            s = next;
            in.add(more.name());
        }
        if (g.chance(3) && in.size() > 1) {
            String next = g.fresh();
            Item at = g.scalar(g.pick(-in.size(), in.size() - 1));
            read.add(at.name());
            nodes.add(node("SequenceErase", s + "," + at.name(), next).build());
            s = next;
            in.removeLast();
        }
        read(g, nodes, read, s, in.size(), x.rank());
    }

    /** What is asked of a sequence of that many tensors of one shape. */
    private static void read(FuzzGraph g, List<NodeProto> nodes, List<String> read, String s, int size, int rank) {
        String out = g.fresh();
        switch (g.pick(0, 3)) {
            case 0 -> nodes.add(node("SequenceLength", s, out).build());
            case 1 -> {
                Item at = g.scalar(g.pick(-size, size - 1));
                read.add(at.name());
                nodes.add(node("SequenceAt", s + "," + at.name(), out).build());
            }
            default -> {
                boolean stacked = g.chance() && rank >= 0;
                nodes.add(node("ConcatFromSequence", s, out)
                        .addAttribute(integer("axis", g.pick(0, Math.abs(rank) - (stacked ? 0 : 1))))
                        .addAttribute(integer("new_axis", stacked ? 1 : 0)).build());
            }
        }
        g.unit(new Unit(nodes, read.stream().distinct().toList(), List.of(out), EXACT, 0));
    }

    /** A sequence that begins with nothing in it. */
    private static void begun(FuzzGraph g) {
        Item x = g.any(g.type(FuzzRecipe.ALL), 1, 3);
        String none = g.fresh();
        String s = g.fresh();
        List<NodeProto> nodes = new ArrayList<>(List.of(
                NodeProto.newBuilder().setOpType("SequenceEmpty").setName("n_" + none).addOutput(none)
                        .addAttribute(integer("dtype", ElementTypes.number(x.type()))).build(),
                node("SequenceInsert", none + "," + x.name(), s).build()));
        read(g, nodes, new ArrayList<>(List.of(x.name())), s, 1, x.rank());
    }

    private static void mapped(FuzzGraph g) {
        Item x = g.any(g.type(DataType.FLOAT, DataType.DOUBLE, DataType.INT32, DataType.INT64), 1, 3);
        Item y = g.of(x.type(), x.tensor().shape());
        String all = g.fresh();
        String s = g.fresh();
        String element = g.fresh();
        String result = g.fresh();
        GraphProto.Builder body = OnnxModels.graph().setName("body").addInput(FuzzModel.port(element, x.type()))
                .addNode(node(g.one("Neg", "Abs", "Identity"), element, result))
                .addOutput(FuzzModel.port(result, x.type()));
        List<NodeProto> nodes = new ArrayList<>(List.of(
                node("SequenceConstruct", x.name() + "," + y.name(), all).build(),
                node("SequenceMap", all, s).addAttribute(AttributeProto.newBuilder().setName("body")
                        .setType(AttributeProto.AttributeType.GRAPH).setG(body)).build()));
        read(g, nodes, new ArrayList<>(List.of(x.name(), y.name())), s, 2, x.rank());
    }

    private static void optional(FuzzGraph g) {
        Item x = g.any(g.type(FuzzRecipe.COMMON), 0, 3);
        String some = g.fresh();
        String out = g.fresh();
        g.unit(new Unit(List.of(node("Optional", x.name(), some).build(),
                node(g.one("OptionalGetElement", "OptionalHasElement"), some, out).build()), List.of(x.name()),
                List.of(out), EXACT, 0));
    }

    private static void split(FuzzGraph g) {
        Item x = g.any(g.type(FuzzRecipe.COMMON), 1, 3, i -> IntStream.of(i.tensor().shape()).allMatch(d -> d > 0));
        int axis = g.pick(0, x.rank() - 1);
        int each = g.pick(1, x.dim(axis));
        boolean whole = x.dim(axis) % each == 0;
        Item parts = g.scalar(each);
        String s = g.fresh();
        NodeProto.Builder n = node("SplitToSequence", x.name() + "," + parts.name(), s)
                .addAttribute(integer("axis", axis));
        int size = Math.ceilDiv(x.dim(axis), each);
        List<NodeProto> nodes = new ArrayList<>(List.of(n.build()));
        List<String> read = new ArrayList<>(List.of(x.name(), parts.name()));
        if (whole) {
            read(g, nodes, read, s, size, x.rank());
        } else {
            String out = g.fresh();
            nodes.add(node("ConcatFromSequence", s, out).addAttribute(integer("axis", axis)).build());
            g.unit(new Unit(nodes, read, List.of(out), EXACT, 0));
        }
    }
}
