package dev.lanewise.compile;

import dev.lanewise.Tensor;
import dev.lanewise.elastic.Elastic;
import dev.lanewise.exec.Binding;
import dev.lanewise.exec.Body;
import dev.lanewise.exec.Plan;
import dev.lanewise.graph.Assumption;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Nested;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.Kernels;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A graph compiled once and shared by all sessions: packed weights, the symbolic plan, and a bounded cache of plans for
 * exact shapes, which serve where the symbolic plan's assumptions do not hold or shapes depend on data.
 */
public final class CompiledModel {
    private final Graph imported;
    private final Graph folded;
    private final Graph optimised;
    private final Kernels kernels;
    private final Compiler compiler;
    private final Packing packing = new Packing();
    private final Plan symbolic;
    private final Elastic elastic;
    private final Map<List<String>, Plan> exact;

    /** {@code folded} is the imported graph with constants that follow from others computed, once for all plans. */
    CompiledModel(Graph imported, Graph folded, Compiler compiler, Kernels kernels) {
        this.imported = imported;
        this.folded = folded;
        this.optimised = compiler.optimise(folded);
        this.kernels = kernels;
        this.compiler = compiler;
        this.symbolic = Planner.plan(optimised, Assumptions.of(imported, optimised), kernels, packing, this::body);
        this.elastic = ElasticWidths.describe(optimised, compiler.options().granularities());
        settle(folded);
        this.exact = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<List<String>, Plan> eldest) {
                return size() > compiler.options().maxPlans();
            }
        };
    }

    /** From here on neither runs nor further plans need what the model was read from. */
    private static void settle(Graph graph) {
        for (Node node : graph.nodes()) {
            for (Value v : node.inputs()) {
                settle(v);
            }
            if (node.operator() instanceof Nested nested) {
                nested.graphs().forEach(CompiledModel::settle);
            }
        }
        for (Value v : graph.outputs()) {
            settle(v);
        }
    }

    private static void settle(Value v) {
        Tensor constant = v == null ? null : v.fact().constant();
        if (constant != null && constant.deferred() != null) {
            constant.deferred().settle();
        }
    }

    private Body body(Graph graph) {
        return new CompiledBody(graph, compiler, kernels, packing);
    }

    /** The graph as it came from the file; constants that nothing uses after folding are read from the file when asked for. */
    public Graph imported() {
        return imported;
    }

    /** The graph after all passes. */
    public Graph optimised() {
        return optimised;
    }

    public Kernels kernels() {
        return kernels;
    }

    public CompilerOptions options() {
        return compiler.options();
    }

    /** The sizes that the model can run in; null where it was not compiled for more than one. */
    public Elastic elastic() {
        return elastic;
    }

    /** The plan whose sizes are expressions. */
    public Plan symbolicPlan() {
        return symbolic;
    }

    /** Plans for exact shapes held at present. */
    public int cachedPlans() {
        synchronized (exact) {
            return exact.size();
        }
    }

    /** Constants in kernel form held at present. */
    int packedConstants() {
        return packing.size();
    }

    /** Bytes of packed weights of linear layers held at present: those of all plans, sessions and submodels. */
    public long packedBytes() {
        return packing.bytes();
    }

    /** SHA-256 of operators, types and shapes of the optimised graph: its first sixteen hexadecimal digits. */
    public String fingerprint() {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        lines(optimised).forEach(line -> digest.update((line + "\n").getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest(), 0, Long.BYTES);
    }

    private static Stream<String> lines(Graph graph) {
        return Stream.concat(graph.inputs().stream().map(v -> v.fact().toString()),
                graph.nodes().stream().flatMap(n -> Stream.concat(Stream.of(n.operator().name() + n.inputs().stream()
                        .map(v -> v == null ? "-" : v.fact().toString()).toList()
                        + n.outputs().stream().map(v -> v.fact().toString()).toList()),
                        n.operator() instanceof Nested nested
                                ? nested.graphs().stream().flatMap(CompiledModel::lines) : Stream.empty())));
    }

    /**
     * The plan to use for inputs of these shapes: the symbolic one where it fits.
     *
     * @param symbolValues values of {@code symbolicPlan().symbols()}
     */
    public Plan planFor(Tensor[] inputs, long[] symbolValues) {
        if (symbolic.isStatic() && Binding.holds(symbolic, symbolValues)) {
            return symbolic;
        }
        List<String> signature = new ArrayList<>();
        List<Fact> facts = new ArrayList<>();
        for (int i = 0; i < inputs.length; i++) {
            Value v = imported.inputs().get(i);
            int[] shape = inputs[i].shape();
            signature.add(v.fact().element() != null ? "" : Arrays.toString(shape));
            facts.add(v.fact().element() != null ? v.fact()
                    : Fact.of(v.fact().type(), dev.lanewise.graph.Dim.constants(shape)));
        }
        synchronized (exact) {
            return exact.computeIfAbsent(signature, k -> {
                Graph graph = compiler.optimiseApart(folded.retype(facts));
                return Planner.plan(graph, graph.assumptions(), kernels, packing, this::body);
            });
        }
    }
}
