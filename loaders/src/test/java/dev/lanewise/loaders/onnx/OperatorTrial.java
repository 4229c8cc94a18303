package dev.lanewise.loaders.onnx;

import dev.lanewise.KernelMode;
import dev.lanewise.LanewiseException;
import dev.lanewise.Tensor;
import dev.lanewise.WeightPrecision;
import dev.lanewise.compile.CompiledModel;
import dev.lanewise.compile.Compiler;
import dev.lanewise.compile.CompilerOptions;
import dev.lanewise.exec.Arena;
import dev.lanewise.exec.Binding;
import dev.lanewise.exec.CopyStep;
import dev.lanewise.exec.NestedStep;
import dev.lanewise.exec.Plan;
import dev.lanewise.exec.ReferenceStep;
import dev.lanewise.exec.RunControl;
import dev.lanewise.exec.SingleThreadExecutor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.kernel.KernelProvider;
import dev.lanewise.kernel.Kernels;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * One unit of nodes, loaded, compiled and run as a user's model is, on kernels that tell when they are called.
 *
 * @param made the engine's operators that it was read as
 */
record OperatorTrial(Kind kind, Set<String> made) {
    /** What ran, the best first. */
    enum Kind {
        /** Steps that call kernels, each of which has a vector form. */
        VECTOR("vector kernel"),
        /** As VECTOR, beside reference evaluations. */
        PARTLY("vector kernel in part"),
        /** A step of its own in plain Java. */
        SCALAR("scalar step"),
        /** Graphs inside, which run by plans of their own. */
        NESTED("its graphs' plans"),
        REFERENCE("reference"),
        /** Nothing was left to run, or but a copy to an output: last, since such a node says nothing of the others. */
        NONE("no work");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static final CompilerOptions OPTIONS =
            new CompilerOptions(true, 1 << 24, 1 << 28, 4, WeightPrecision.AS_STORED, List.of());

    /** Null where it is refused. */
    static OperatorTrial of(FuzzModel unit) {
        int[] calls = {0};
        try {
            Graph graph = FuzzReference.graph(unit);
            CompiledModel compiled = Compiler.compile(graph, counting(calls), OPTIONS);
            return new OperatorTrial(kind(run(compiled, unit), calls[0]), made(graph));
        } catch (LanewiseException e) {
            return null;
        }
    }

    private static Set<String> made(Graph graph) {
        Set<String> made = new TreeSet<>();
        graph.nodes().stream().map(Node::operator).forEach(o -> made.add(o.name()));
        return made;
    }

    private static Kernels counting(int[] calls) {
        Kernels scalar = KernelProvider.select(KernelMode.SCALAR);
        return (Kernels) Proxy.newProxyInstance(Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class},
                (proxy, method, arguments) -> {
                    calls[0] += method.getParameterCount() > 0 ? 1 : 0;
                    try {
                        return method.invoke(scalar, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static Step[] run(CompiledModel compiled, FuzzModel unit) {
        Tensor[] inputs = unit.inputs().values().toArray(Tensor[]::new);
        Plan plan = compiled.planFor(inputs, new long[0]);
        Binding binding = new Binding(plan, new Arena(), 1, OPTIONS.maxActivationBytes());
        binding.bind(new long[0]);
        for (int i = 0; i < inputs.length; i++) {
            binding.input(i, inputs[i]);
        }
        for (int i = 0; i < plan.outputs().length; i++) {
            if (binding.writesOutput(i)) {
                binding.output(i, Tensor.zeros(plan.slots().get(plan.outputs()[i]).type(),
                        binding.outputShape(i, false)).array());
            }
        }
        new SingleThreadExecutor().run(binding.frame(), binding.steps(), RunControl.NONE);
        return binding.steps();
    }

    private static Kind kind(Step[] steps, int calls) {
        boolean reference = false;
        boolean nested = false;
        boolean own = false;
        for (Step s : steps) {
            own |= !(s instanceof CopyStep);
            reference |= s instanceof ReferenceStep;
            nested |= s instanceof NestedStep;
        }
        return nested ? Kind.NESTED : calls > 0 ? reference ? Kind.PARTLY : Kind.VECTOR
                : reference ? Kind.REFERENCE : own ? Kind.SCALAR : Kind.NONE;
    }
}
