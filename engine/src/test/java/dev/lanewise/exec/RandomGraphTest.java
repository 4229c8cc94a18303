package dev.lanewise.exec;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.KernelMode;
import dev.lanewise.Tensor;
import dev.lanewise.WeightPrecision;
import dev.lanewise.compile.CompiledModel;
import dev.lanewise.compile.Compiler;
import dev.lanewise.compile.CompilerOptions;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.KernelProvider;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.reduce.Softmax;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.Identity;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random graphs, run with memory that holds NaN wherever nothing was written: stale or overlapping buffers show. */
class RandomGraphTest {
    /** All values are [rows, 6], so that any two fit; some are views, some are transposed and back. */
    private static Graph graph(GraphBuilder g, Random random) {
        List<Value> values = new ArrayList<>(List.of(g.floats("a", "n", 6), g.floats("b", "n", 6)));
        for (int i = 0; i < 12; i++) {
            Value u = values.get(random.nextInt(values.size()));
            Value v = values.get(random.nextInt(values.size()));
            values.add(switch (random.nextInt(9)) {
                case 0 -> g.add(u, v);
                case 1 -> g.sub(u, v);
                case 2 -> g.unary(Unary.Function.RELU, u);
                case 3 -> g.op(new Identity(), u);
                case 4 -> g.reshape(g.reshape(u, -1, 3), -1, 6);
                case 5 -> g.transpose(g.transpose(u, 1, 0), 1, 0);
                case 6 -> g.op(new Softmax(-1), u);
                case 7 -> g.add(g.matMul(u, g.weights(6, 6)), g.weights(6));
                default -> g.matMul(g.op(new Concat(1), u, v), g.weights(12, 6));
            });
        }
        int outputs = 1 + random.nextInt(3);
        return g.to(random.ints(outputs, 0, values.size()).mapToObj(values::get).toArray(Value[]::new));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void agreesWithTheMeaningOfTheGraph(boolean optimise) {
        for (int seed = 0; seed < 60; seed++) {
            GraphBuilder g = new GraphBuilder();
            Random random = new Random(seed);
            Graph graph = graph(g, random);
            CompiledModel model = Compiler.compile(graph, KernelProvider.select(KernelMode.AUTO),
                    new CompilerOptions(optimise, 1 << 20, 1 << 30, 4, WeightPrecision.AS_STORED, List.of()));
            Arena arena = new Arena();
            Binding binding = new Binding(model.symbolicPlan(), arena, 1, 1 << 30);
            for (int rows : new int[] {3, 40, 1, 0, 7}) {
                Tensor[] in = {g.tensor(rows, 6), g.tensor(rows, 6)};
                binding.bind(new long[] {rows});
                checkNoOverlap(model.symbolicPlan(), binding.frame());
                fill(arena, binding);
                Agreement.check(graph.evaluate(in), run(binding, in));
            }
        }
    }

    private static void fill(Arena arena, Binding binding) {
        Arrays.fill((float[]) arena.array(DataType.Storage.FLOATS, 0), Float.NaN);
        for (Object array : binding.frame().arrays) {
            assertTrue(array == null || array instanceof float[] || array instanceof long[]);
        }
    }

    private static List<Tensor> run(Binding binding, Tensor... in) {
        for (int i = 0; i < in.length; i++) {
            binding.input(i, in[i]);
        }
        Tensor[] out = new Tensor[binding.plan().outputs().length];
        for (int i = 0; i < out.length; i++) {
            out[i] = Tensor.zeros(DataType.FLOAT, binding.outputShape(i, false));
            Arrays.fill(out[i].floats(), Float.NaN);
            binding.output(i, out[i].array());
        }
        new SingleThreadExecutor().run(binding.frame(), binding.steps(), RunControl.NONE);
        binding.release();
        return List.of(out);
    }

    private static void checkNoOverlap(Plan plan, Frame frame) {
        for (int i = 0; i < plan.slots().size(); i++) {
            for (int j : plan.conflicts()[i]) {
                assertTrue(frame.offset(i) + frame.size(i) <= frame.offset(j)
                        || frame.offset(j) + frame.size(j) <= frame.offset(i),
                        "slots " + i + " and " + j + " overlap in\n" + plan.describe());
            }
        }
    }
}
