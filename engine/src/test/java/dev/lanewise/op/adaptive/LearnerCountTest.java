package dev.lanewise.op.adaptive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.WeightPrecision;
import dev.lanewise.compile.CompiledModel;
import dev.lanewise.compile.Compiler;
import dev.lanewise.compile.CompilerOptions;
import dev.lanewise.exec.Arena;
import dev.lanewise.exec.Binding;
import dev.lanewise.exec.RunControl;
import dev.lanewise.exec.SingleThreadExecutor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.testing.GraphBuilder;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What the kernels are asked for is what the tokens' learners cost, to the multiply-add. */
class LearnerCountTest {
    private static final int SIZE = 12;
    private static final int LEARNERS = 3;
    private static final int WIDTH = 32;
    private static final int TOKENS = 250;

    private static Kernels counting(AtomicLong products) {
        Kernels scalar = new ScalarKernels();
        return (Kernels) Proxy.newProxyInstance(Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class},
                (proxy, method, args) -> {
                    if (method.getName().equals("gemmListed")) {
                        products.addAndGet((long) (int) args[2] * (int) args[3] * (int) args[4]);
                    }
                    try {
                        return method.invoke(scalar, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void everyLearnerRunsForTheTokensThatChoseIt() {
        AtomicLong products = new AtomicLong();
        GraphBuilder g = new GraphBuilder();
        Value z = g.floats("z", TOKENS, SIZE);
        Value k = g.input("k", DataType.INT32, TOKENS);
        Graph graph = g.to(g.op(new AdaptiveComputation(LEARNERS, UnaryFunction.GELU, -1, true, false, false), z, k,
                g.weights(SIZE, LEARNERS * WIDTH), g.weights(LEARNERS * WIDTH), g.weights(LEARNERS * WIDTH, SIZE)));
        CompiledModel compiled = Compiler.compile(graph, counting(products),
                new CompilerOptions(true, 1 << 20, 1 << 24, 1, WeightPrecision.values()[0], List.of()));
        Random random = new Random(5);
        for (int kind = 0; kind < 4; kind++) {
            int[] levels = new int[TOKENS];
            long sum = 0;
            for (int t = 0; t < TOKENS; t++) {
                levels[t] = kind == 0 ? LEARNERS : kind == 1 ? 0 : random.nextInt(LEARNERS + 1);
                sum += levels[t];
            }
            products.set(0);
            Binding binding = new Binding(compiled.symbolicPlan(), new Arena(), 1, 1 << 24);
            binding.bind(new long[0]);
            binding.input(0, g.tensor(TOKENS, SIZE));
            binding.input(1, Tensor.of(levels, TOKENS));
            binding.output(0, new float[TOKENS * SIZE]);
            new SingleThreadExecutor().run(binding.frame(), binding.steps(), RunControl.NONE);
            assertEquals(sum * 2 * SIZE * WIDTH, products.get());
        }
    }

    @Test
    void tokensAreSortedByFallingNumber() {
        SortedTokens sorted = new SortedTokens(3);
        int[] order = new int[7];
        sorted.sort(new int[] {9, 2, 0, 3, 1, 3, 0}, 1, 6, order, 1);
        assertEquals(List.of(0, 2, 4, 0, 3, 1, 5), java.util.Arrays.stream(order).boxed().toList());
        assertEquals(List.of(6, 4, 3, 2, 0),
                java.util.stream.IntStream.rangeClosed(0, 4).mapToObj(sorted::needing).toList());
        sorted.uniform(4, 2, order, 2);
        assertEquals(List.of(0, 1, 2, 3), java.util.Arrays.stream(order, 2, 6).boxed().toList());
        assertEquals(4, sorted.needing(2));
        assertEquals(0, sorted.needing(3));
    }
}
