package dev.lanewise.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.WeightPrecision;
import dev.lanewise.compile.CompiledModel;
import dev.lanewise.compile.Compiler;
import dev.lanewise.compile.CompilerOptions;
import dev.lanewise.exec.Arena;
import dev.lanewise.exec.Binding;
import dev.lanewise.exec.RunControl;
import dev.lanewise.exec.SingleThreadExecutor;
import dev.lanewise.exec.Step;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A run reads the weights of its neurons, two matrices of m by d, with a gate three, and no more. */
class WeightBytesTest {
    private static final int SIZE = NestedBlock.SIZE;
    private static final int HIDDEN = NestedBlock.HIDDEN;
    private static final int PANEL = 32;

    private final NestedBlock nested = new NestedBlock();

    private static int bytes(WeightPrecision precision) {
        return precision == WeightPrecision.INT8 ? Byte.BYTES : Float.BYTES;
    }

    @ParameterizedTest
    @EnumSource(WeightPrecision.class)
    void theProfileSaysTheBytesOfTheNeurons(WeightPrecision precision) {
        LoadOptions options = LoadOptions.defaults().withGranularities(0.5, 1).withWeights(precision);
        for (boolean gated : new boolean[] {false, true}) {
            long each = (gated ? 3L : 2L) * SIZE * bytes(precision);
            try (Model model = GraphBuilder.model(nested.graph(gated), options);
                    Session s = model.newSession(Agreement.COLD.withProfile(true))) {
                for (int m = PANEL; m <= HIDDEN; m += PANEL) {
                    s.run(nested.input(5), model.elastic().widths(m));
                    assertEquals(each * m, s.profile().weightBytes(), "m=" + m);
                    s.runAll(List.of(nested.input(5), nested.input(2)),
                            RunOptions.defaults().withSubmodel(model.elastic().widths(m)));
                    assertEquals(each * m, s.profile().weightBytes(), "m=" + m);
                }
                assertEquals(each * HIDDEN, model.compiled().packedBytes());
            }
        }
    }

    /** Whatever the width; columns are read by whole panels, rows one by one. */
    @ParameterizedTest
    @EnumSource(WeightPrecision.class)
    void theKernelsAreGivenTheseBytes(WeightPrecision precision) {
        for (boolean gated : new boolean[] {false, true}) {
            Counting counting = new Counting(precision == WeightPrecision.INT8 ? byte[].class : float[].class);
            Binding binding = binding(nested.graph(gated), counting.kernels(), precision);
            for (int n : new int[] {1, 40}) {
                for (int m : new int[] {1, PANEL, PANEL + 1, 70, HIDDEN}) {
                    counting.read.clear();
                    run(binding, nested.random.tensor(n, SIZE), m);
                    int columns = (m + PANEL - 1) / PANEL * PANEL;
                    long expected = ((gated ? 2L : 1L) * columns + m) * SIZE * bytes(precision);
                    assertEquals(expected, counting.bytes(), precision + " gated " + gated + " n=" + n + " m=" + m);
                    assertEquals(expected, Arrays.stream(binding.steps()).mapToLong(Step::weightBytes).sum());
                }
            }
        }
    }

    private static Binding binding(dev.lanewise.graph.Graph graph, Kernels kernels, WeightPrecision precision) {
        CompiledModel compiled = Compiler.compile(graph, kernels,
                new CompilerOptions(true, 1 << 20, 1 << 20, 1, precision, List.of(0.5, 1.0)));
        return new Binding(compiled.symbolicPlan(), new Arena(), 1, 1 << 20);
    }

    private static void run(Binding binding, Tensor x, int width) {
        binding.bind(new long[] {x.dim(0), width});
        binding.input(0, x);
        binding.output(0, new float[x.size()]);
        new SingleThreadExecutor().run(binding.frame(), binding.steps(), RunControl.NONE);
    }

    /** Scalar kernels that note which elements of weights they are given; weights are the arrays of this type. */
    private static final class Counting {
        final Map<Object, BitSet> read = new IdentityHashMap<>();
        private final Class<?> type;
        private final ScalarKernels scalar = new ScalarKernels();

        Counting(Class<?> type) {
            this.type = type;
        }

        Kernels kernels() {
            return (Kernels) Proxy.newProxyInstance(Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class},
                    (proxy, method, a) -> call(method, a));
        }

        long bytes() {
            return read.values().stream().mapToLong(BitSet::cardinality).sum()
                    * (type == byte[].class ? Byte.BYTES : Float.BYTES);
        }

        private Object call(Method method, Object[] a) throws Throwable {
            switch (method.getName()) {
                case "gemmPanel" -> note(a[6], (int) a[7], (int) a[2] * PANEL);
                case "gemmInt8Widening" -> note(a[4], (int) a[5], (int) a[0] * PANEL);
                case "int8ToFloat" -> note(a[0], (int) a[1], (int) a[4]);
                case "gemmInt8" -> {
                    for (int column = 0; column < (int) a[1]; column += PANEL) {
                        note(a[6], (int) a[7] + column / PANEL * (int) a[8], (int) a[2] * PANEL);
                    }
                }
                default -> {
                }
            }
            try {
                return method.invoke(scalar, a);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }

        private void note(Object array, int offset, int count) {
            if (type.isInstance(array)) {
                read.computeIfAbsent(array, k -> new BitSet()).set(offset, offset + count);
            }
        }
    }
}
