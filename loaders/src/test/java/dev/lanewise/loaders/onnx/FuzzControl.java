package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.FuzzGraph.ROUNDED;
import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.node;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.FuzzModel.Item;
import dev.lanewise.loaders.onnx.FuzzModel.Unit;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto.AttributeType;
import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** If, Loop and Scan with small bodies that read values around them. */
final class FuzzControl {
    private static final String[] FUNCTIONS = {"Tanh", "Relu", "Abs", "Neg", "Sigmoid", "Identity"};

    private final FuzzGraph g;
    private final Set<String> read = new LinkedHashSet<>();
    private int made;

    private FuzzControl(FuzzGraph g) {
        this.g = g;
    }

    static List<FuzzRecipe> recipes() {
        return List.of(FuzzRecipe.of("If", 7, g -> new FuzzControl(g).choice()),
                FuzzRecipe.of("Loop", 7, g -> new FuzzControl(g).loop()),
                FuzzRecipe.of("Scan", 9, g -> new FuzzControl(g).scan()));
    }

    private Item real(int... shape) {
        Item x = g.of(DataType.FLOAT, shape);
        if (!FuzzGraph.within(x, 1e6)) {
            throw new FuzzGraph.Unfit();
        }
        return x;
    }

    /** Some functions of a value, the last with a value from outside, of the same shape. */
    private String chain(GraphProto.Builder body, String from, int... shape) {
        String at = from;
        for (int i = g.pick(0, 2); i > 0; i--) {
            String next = fresh();
            body.addNode(node(g.one(FUNCTIONS), at, next));
            at = next;
        }
        String out = fresh();
        Item other = real(g.chance() ? shape : new int[] {1});
        read.add(other.name());
        body.addNode(node(g.one("Add", "Sub", "Mul"), at + "," + other.name(), out));
        if (g.chance(3)) {
            String bounded = fresh();
            body.addNode(node("Tanh", out, bounded));
            return bounded;
        }
        return out;
    }

    private String fresh() {
        return "b" + g.fresh() + "_" + made++;
    }

    private static AttributeProto.Builder graph(String name, GraphProto.Builder body) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeType.GRAPH).setG(body.setName(name));
    }

    private void unit(NodeProto.Builder node, List<Item> inputs, int outputs) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < outputs; i++) {
            names.add(g.fresh());
        }
        node.addAllOutput(names).setName("n_" + names.getFirst());
        Set<String> all = new LinkedHashSet<>();
        inputs.forEach(i -> all.add(i.name()));
        all.addAll(read);
        g.unit(new Unit(List.of(node.build()), List.copyOf(all), names, 2 * ROUNDED, 0));
    }

    private void choice() {
        Item condition = g.chance() ? g.any(DataType.BOOL, 0, 1, i -> i.tensor().size() == 1)
                : g.leaf(g.values.any(DataType.BOOL));
        int[] shape = g.values.shape(g.pick(1, 3));
        Item x = real(shape);
        read.add(x.name());
        NodeProto.Builder n = NodeProto.newBuilder().setOpType("If").addInput(condition.name());
        int outputs = g.pick(1, 2);
        for (String name : List.of("then_branch", "else_branch")) {
            GraphProto.Builder body = OnnxModels.graph();
            for (int i = 0; i < outputs; i++) {
                body.addOutput(FuzzModel.port(chain(body, x.name(), shape), DataType.FLOAT));
            }
            n.addAttribute(graph(name, body));
        }
        unit(n, List.of(condition), outputs);
    }

    private void loop() {
        int[] shape = g.values.shape(g.pick(1, 2));
        Item x = real(shape);
        Item trips = g.leaf(Tensor.scalar(g.pick(g.chance(6) ? 0 : 1, 4)));
        boolean ends = g.chance();
        GraphProto.Builder body = OnnxModels.graph();
        String i = fresh();
        String going = fresh();
        String state = fresh();
        body.addInput(OnnxModels.port(i, DataType.INT64)).addInput(OnnxModels.port(going, DataType.BOOL))
                .addInput(FuzzModel.port(state, DataType.FLOAT));
        String on = fresh();
        if (ends) {
            Item last = g.leaf(Tensor.scalar(g.pick(0, 3)));
            read.add(last.name());
            body.addNode(node("Less", i + "," + last.name(), on));
        } else {
            body.addNode(node("Identity", going, on));
        }
        String next = chain(body, state, shape);
        body.addOutput(FuzzModel.port(on, DataType.BOOL)).addOutput(FuzzModel.port(next, DataType.FLOAT));
        boolean stacked = g.chance();
        if (stacked) {
            String item = fresh();
            body.addNode(node("Identity", g.one(next, state), item));
            body.addOutput(FuzzModel.port(item, DataType.FLOAT));
        }
        Item condition = g.chance() ? null : g.leaf(g.values.between(DataType.BOOL, g.chance(6) ? 0 : 1, 1));
        List<Item> inputs = new ArrayList<>(List.of(trips, x));
        NodeProto.Builder n = NodeProto.newBuilder().setOpType("Loop").addInput(trips.name())
                .addInput(condition == null ? "" : condition.name()).addInput(x.name())
                .addAttribute(graph("body", body));
        if (condition != null) {
            inputs.add(condition);
        }
        if (condition == null && ends && g.opset() < 11) {
            throw new FuzzGraph.Unfit();
        }
        unit(n, inputs, stacked ? 2 : 1);
    }

    private void scan() {
        int[] shape = g.values.shape(g.pick(1, 2));
        if (Tensor.sizeOf(shape) == 0) {
            throw new FuzzGraph.Unfit(); // ONNX Runtime divides by the size, which ends the process
        }
        int steps = g.pick(1, 4);
        Item initial = real(shape);
        int axis = g.pick(0, shape.length);
        int[] whole = new int[shape.length + 1];
        for (int d = 0, from = 0; d < whole.length; d++) {
            whole[d] = d == axis ? steps : shape[from++];
        }
        Item x = real(whole);
        GraphProto.Builder body = OnnxModels.graph();
        String state = fresh();
        String part = fresh();
        body.addInput(FuzzModel.port(state, DataType.FLOAT)).addInput(FuzzModel.port(part, DataType.FLOAT));
        String sum = fresh();
        body.addNode(node(g.one("Add", "Mul", "Max"), state + "," + part, sum));
        String next = chain(body, sum, shape);
        String item = fresh();
        body.addNode(node(g.one(FUNCTIONS), g.one(next, sum), item));
        body.addOutput(FuzzModel.port(next, DataType.FLOAT)).addOutput(FuzzModel.port(item, DataType.FLOAT));
        NodeProto.Builder n = NodeProto.newBuilder().setOpType("Scan").addInput(initial.name()).addInput(x.name())
                .addAttribute(graph("body", body)).addAttribute(integer("num_scan_inputs", 1))
                .addAttribute(OnnxModels.ints("scan_input_axes", axis))
                .addAttribute(OnnxModels.ints("scan_input_directions", g.pick(0, 1)))
                .addAttribute(OnnxModels.ints("scan_output_axes", g.pick(0, shape.length)))
                .addAttribute(OnnxModels.ints("scan_output_directions", g.pick(0, 1)));
        unit(n, List.of(initial, x), 2);
    }
}
