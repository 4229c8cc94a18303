package dev.lanewise.compile;

import dev.lanewise.WeightPrecision;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Rule;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.op.adaptive.AdaptiveResidualRule;
import dev.lanewise.op.attention.MultiHeadAttentionRule;
import dev.lanewise.op.attention.PackedProjectionRule;
import dev.lanewise.op.elementwise.GeluRule;
import dev.lanewise.op.elementwise.HardSwishRule;
import dev.lanewise.op.elementwise.SiluRule;
import dev.lanewise.op.linear.LinearRule;
import dev.lanewise.op.linear.SplitLayerRule;
import dev.lanewise.op.nhwc.ChannelsLast;
import dev.lanewise.op.norm.LayerNormalizationRule;
import dev.lanewise.op.quant.ChannelWeightsRule;
import dev.lanewise.op.quant.DynamicLinearRule;
import dev.lanewise.op.quant.EncodeWeightsRule;
import java.util.ArrayList;
import java.util.List;

/** The passes over a graph, in order. */
public final class Compiler {
    /** Larger patterns before the smaller ones that they contain. */
    private static final List<Rule> RULES = List.of(new LayerNormalizationRule(), new GeluRule(),
            new DynamicLinearRule(), new MultiHeadAttentionRule(), new LinearRule.Bias(), new LinearRule.Product(),
            new LinearRule.Activation(),
            new LinearRule.Residual(), new AdaptiveResidualRule(), new PackedProjectionRule());

    /** What is to be seen before channels last: convolutions take activations in, and layers that are split are made of one. */
    private static final List<Rule> EARLY_RULES = List.of(new LayerNormalizationRule(), new SplitLayerRule(),
            new SiluRule(), new HardSwishRule());

    private final CompilerOptions options;
    private final FoldingBudget budget;
    private final List<Rule> rules;

    /** For one model. */
    private Compiler(CompilerOptions options, FoldingBudget budget) {
        this.options = options;
        this.budget = budget;
        this.rules = new ArrayList<>(RULES);
        if (options.weights() != WeightPrecision.AS_STORED) {
            rules.add(new EncodeWeightsRule(options.weights().format()));
        }
        rules.add(new ChannelWeightsRule());
    }

    public static CompiledModel compile(Graph graph, Kernels kernels, CompilerOptions options) {
        Compiler compiler = new Compiler(options, FoldingBudget.of(graph, options.maxFoldedBytes()));
        return new CompiledModel(graph, options.optimise() ? compiler.fold(graph) : graph, compiler, kernels);
    }

    /** What is constant, whatever the inputs' shapes: once for all plans. */
    private Graph fold(Graph graph) {
        Graph folded = Subgraphs.fold(ConstantFolding.constants(graph, budget), this::fold);
        return FoldChannelAffine.apply(
                Rewriting.apply(folded, EARLY_RULES), budget.left());
    }

    CompilerOptions options() {
        return options;
    }

    /** A graph for the load, whose folding has one budget together. */
    Graph optimise(Graph graph) {
        return optimise(graph, budget);
    }

    /** A graph for a plan of its own, which may be dropped again. */
    Graph optimiseApart(Graph graph) {
        return optimise(graph, FoldingBudget.of(graph, options.maxFoldedBytes()));
    }

    private Graph optimise(Graph graph, FoldingBudget budget) {
        if (!options.optimise()) {
            return graph;
        }
        Graph folded = Subgraphs.decide(graph, g -> ConstantFolding.apply(g, budget));
        Graph merged = CommonSubexpressions.apply(folded);
        Graph rewritten = Rewriting.apply(ChannelsLast.apply(merged), rules);
        return options.granularities().isEmpty() ? rewritten : ElasticWidths.apply(rewritten);
    }
}
