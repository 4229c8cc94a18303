package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.floats;
import static dev.lanewise.loaders.onnx.OnnxModels.graph;
import static dev.lanewise.loaders.onnx.OnnxModels.load;
import static dev.lanewise.loaders.onnx.OnnxModels.model;
import static dev.lanewise.loaders.onnx.OnnxModels.node;
import static dev.lanewise.loaders.onnx.OnnxModels.opset;
import static dev.lanewise.loaders.onnx.OnnxModels.port;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto.AttributeType;
import dev.lanewise.loaders.onnx.proto.Onnx.FunctionProto;
import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import dev.lanewise.loaders.onnx.proto.Onnx.ModelProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Graphs inside nodes: what they see of the graph around them, and what is wrong with broken ones. */
class SubgraphImportTest {
    private static final Tensor X = Tensor.of(new float[] {1, 2}, 2);
    private static final Tensor YES = Tensor.of(new boolean[] {true});
    private static final Tensor NO = Tensor.of(new boolean[] {false});

    private static AttributeProto.Builder attribute(String name, GraphProto.Builder graph) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeType.GRAPH).setG(graph);
    }

    private static NodeProto.Builder choice(GraphProto.Builder then, GraphProto.Builder otherwise, String output) {
        return node("If", "c", output).addAttribute(attribute("then_branch", then))
                .addAttribute(attribute("else_branch", otherwise));
    }

    /** A branch of one node. */
    private static GraphProto.Builder branch(String type, String inputs, String output) {
        return graph().addNode(node(type, inputs, output)).addOutput(port(output, DataType.FLOAT));
    }

    private static GraphProto.Builder outer() {
        return graph().addInput(port("x", DataType.FLOAT, "n")).addInput(port("c", DataType.BOOL))
                .addInitializer(floats("w", new long[] {1}, 10)).addOutput(port("y", DataType.FLOAT));
    }

    private static void refused(ModelProto.Builder model, String expected) {
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> load(model));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    @Test
    void branchesSeeValuesAndConstantsAround() {
        GraphProto.Builder g = outer().addNode(node("Neg", "x", "minus"))
                .addNode(choice(branch("Add", "minus,w", "a"), branch("Mul", "x,w", "b"), "y"));
        assertArrayEquals(new float[] {9, 8}, load(model(g)).graph().evaluate(X, YES)[0].floats());
        assertArrayEquals(new float[] {10, 20}, load(model(g)).graph().evaluate(X, NO)[0].floats());
    }

    @Test
    void whatABranchReadsIsMadeBeforeItEvenIfTheFileHasItLater() {
        GraphProto.Builder g = outer().addNode(choice(branch("Add", "minus,w", "a"), branch("Mul", "x,w", "b"), "y"))
                .addNode(node("Neg", "x", "minus"));
        assertArrayEquals(new float[] {9, 8}, load(model(g)).graph().evaluate(X, YES)[0].floats());
    }

    @Test
    void innermostGraphsSeeTheOutermost() {
        GraphProto.Builder inner = graph().addNode(choice(branch("Add", "x,w", "deep"), branch("Sub", "x,w", "other"),
                "middle")).addOutput(port("middle", DataType.FLOAT));
        GraphProto.Builder g = outer().addNode(choice(inner, branch("Mul", "x,w", "b"), "y"));
        assertArrayEquals(new float[] {11, 12}, load(model(g)).graph().evaluate(X, YES)[0].floats());
    }

    @Test
    void aBranchMayHandOnAValueAround() {
        GraphProto.Builder same = graph().addOutput(port("x", DataType.FLOAT));
        GraphProto.Builder g = outer().addNode(choice(same, branch("Mul", "x,w", "b"), "y"));
        assertArrayEquals(new float[] {1, 2}, load(model(g)).graph().evaluate(X, YES)[0].floats());
    }

    @Test
    void namesThatNothingProduces() {
        refused(model(outer().addNode(choice(branch("Add", "nowhere,w", "a"), branch("Mul", "x,w", "b"), "y"))),
                "'nowhere'");
        GraphProto.Builder noOutput = graph().addOutput(port("nothing", DataType.FLOAT));
        refused(model(outer().addNode(choice(noOutput, branch("Mul", "x,w", "b"), "y"))), "'nothing'");
    }

    @Test
    void namesProducedTwiceAndCycles() {
        GraphProto.Builder twice = branch("Add", "x,w", "a").addNode(node("Sub", "x,w", "a"));
        refused(model(outer().addNode(choice(twice, branch("Mul", "x,w", "b"), "y"))), "'a' a second time");
        GraphProto.Builder cycle = branch("Add", "x,q", "a").addNode(node("Neg", "a", "q"));
        refused(model(outer().addNode(choice(cycle, branch("Mul", "x,w", "b"), "y"))), "cycle");
        // the branch reads what the node around it makes
        refused(model(outer().addNode(choice(branch("Add", "x,y", "a"), branch("Mul", "x,w", "b"), "y"))), "cycle");
    }

    @Test
    void missingAndWrongGraphs() {
        refused(model(outer().addNode(node("If", "c", "y").addAttribute(
                attribute("then_branch", branch("Add", "x,w", "a"))))), "attribute 'else_branch'");
        refused(model(outer().addNode(node("If", "c", "y").addAttribute(
                attribute("then_branch", branch("Add", "x,w", "a")))
                .addAttribute(OnnxModels.integer("else_branch", 1)))), "of type GRAPH");
        refused(model(outer().addNode(node("Loop", ",c,x", "y").addAttribute(
                attribute("body", branch("Add", "x,w", "a"))))), "a graph of 3 inputs");
    }

    @Test
    void unsupportedOperatorsInsideAreListed() {
        UnsupportedModelException e = assertThrows(UnsupportedModelException.class,
                () -> load(model(outer().addNode(choice(branch("Wonder", "x,w", "a"), branch("Magic", "x,w", "b"),
                        "y")))));
        assertEquals("[ai.onnx.Magic-21, ai.onnx.Wonder-21]", e.features().toString());
    }

    @Test
    void aFunctionThatCallsItselfFromABranch() {
        FunctionProto f = FunctionProto.newBuilder().setName("F").setDomain("own").addInput("x").addInput("c")
                .addOutput("r").addOpsetImport(opset("", 21)).addOpsetImport(opset("own", 1))
                .addNode(choice(graph().addNode(node("F", "x,c", "a").setDomain("own"))
                        .addOutput(port("a", DataType.FLOAT)), branch("Neg", "x", "b"), "r"))
                .build();
        ModelProto.Builder m = model(outer().addNode(node("F", "x,c", "y").setDomain("own")))
                .addOpsetImport(opset("own", 1)).addFunctions(f);
        refused(m, "recursion");
    }

    /** Loops may be typed more than once each, so how deep they nest is limited; branches are typed once. */
    @Test
    void deepNestingTakesLittleTimeOrIsRefused() {
        GraphProto.Builder branches = branch("Add", "x,w", "b0");
        GraphProto.Builder loops = null;
        for (int depth = 1; depth < 30; depth++) {
            branches = graph().addNode(choice(branches, branch("Reshape", "x,w", "e" + depth), "b" + depth))
                    .addOutput(port("b" + depth, DataType.FLOAT));
        }
        ModelProto.Builder deep = model(outer().addNode(choice(branches, branch("Mul", "x,w", "b"), "y")));
        assertTimeoutPreemptively(Duration.ofSeconds(10),
                () -> assertThrows(ModelFormatException.class, () -> load(deep)));
        for (int depth = 0; depth < 8; depth++) {
            GraphProto.Builder body = graph().addInput(port("i" + depth, DataType.INT64))
                    .addInput(port("c" + depth, DataType.BOOL)).addInput(port("s" + depth, DataType.FLOAT));
            if (loops == null) {
                body.addNode(node("Concat", "s0,s0", "r0").addAttribute(OnnxModels.integer("axis", 0)));
            } else {
                body.addNode(node("Loop", ",c" + depth + ",s" + depth, "r" + depth)
                        .addAttribute(attribute("body", loops)));
            }
            loops = body.addOutput(port("c" + depth, DataType.BOOL)).addOutput(port("r" + depth, DataType.FLOAT));
        }
        refused(model(outer().addNode(node("Loop", ",c,x", "y").addAttribute(attribute("body", loops)))),
                "loops inside each other");
    }
}
