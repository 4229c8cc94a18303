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

    /** Bytes of a matrix of k by n, n a multiple of 32, with the scales and zero points of its groups, which are floats. */
    private static long bytes(WeightPrecision precision, int k, int n, boolean oneGroup) {
        long size = (long) k * n;
        return switch (precision) {
            case AS_STORED -> 4 * size;
            case INT8 -> size;
            case FLOAT16, BFLOAT16 -> 2 * size;
            // a single group of each column is a channel, whose scale belongs to the layer
            case INT8_GROUP32 -> oneGroup ? size : size + 4L * n * Math.ceilDiv(k, 32);
            case INT4_GROUP32 -> size / 2 + 4L * n * Math.ceilDiv(k, 32);
            case INT4_GROUP64 -> size / 2 + 4L * n * Math.ceilDiv(k, 64);
            case INT4_GROUP128 -> size / 2 + 4L * n * Math.ceilDiv(k, 128);
            case UINT4_GROUP32 -> size / 2 + 8L * n * Math.ceilDiv(k, 32);
        };
    }

    private static long bytes(WeightPrecision precision, boolean gated, int m) {
        return (gated ? 2 : 1) * bytes(precision, SIZE, m, true) + bytes(precision, m, SIZE, false);
    }

    @ParameterizedTest
    @EnumSource(WeightPrecision.class)
    void theProfileSaysTheBytesOfTheNeurons(WeightPrecision precision) {
        LoadOptions options = LoadOptions.defaults().withGranularities(0.5, 1).withWeights(precision);
        for (boolean gated : new boolean[] {false, true}) {
            try (Model model = GraphBuilder.model(nested.graph(gated), options);
                    Session s = model.newSession(Agreement.COLD.withProfile(true))) {
                for (int m = PANEL; m <= HIDDEN; m += PANEL) {
                    s.run(nested.input(5), model.elastic().widths(m));
                    assertEquals(bytes(precision, gated, m), s.profile().weightBytes(), "m=" + m);
                    s.runAll(List.of(nested.input(5), nested.input(2)),
                            RunOptions.defaults().withSubmodel(model.elastic().widths(m)));
                    assertEquals(bytes(precision, gated, m), s.profile().weightBytes(), "m=" + m);
                }
                assertEquals(bytes(precision, gated, HIDDEN), model.compiled().packedBytes());
            }
        }
    }

    /** Whatever the width; columns are read by whole panels, rows one by one. */
    @ParameterizedTest
    @EnumSource(value = WeightPrecision.class, names = {"AS_STORED", "INT8"})
    void theKernelsAreGivenTheseBytes(WeightPrecision precision) {
        for (boolean gated : new boolean[] {false, true}) {
            Counting counting = new Counting(precision == WeightPrecision.INT8 ? byte[].class : float[].class);
            Binding binding = binding(nested.graph(gated), counting.kernels(), precision);
            for (int n : new int[] {1, 40}) {
                for (int m : new int[] {1, PANEL, PANEL + 1, 70, HIDDEN}) {
                    counting.read.clear();
                    run(binding, nested.random.tensor(n, SIZE), m);
                    int columns = (m + PANEL - 1) / PANEL * PANEL;
                    long expected = (gated ? 2 : 1) * bytes(precision, SIZE, columns, true)
                            + bytes(precision, m, SIZE, false);
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
