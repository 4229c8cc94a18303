package dev.lanewise.cli;

import dev.lanewise.LanewiseException;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelMetadata;
import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.ModelSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lanewise inspect}: what is in a model and what becomes of it. */
@Command(name = "inspect", description = "Shows what is in a model and what becomes of it.",
        mixinStandardHelpOptions = true, versionProvider = Main.Versions.class, sortOptions = false)
final class InspectCommand implements Callable<Integer> {
    /** How far a model has come on its way to a run. */
    enum Stage {
        IMPORTED, OPTIMISED, PLAN
    }

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = ModelArgument.DESCRIPTION
            + " Also a safetensors file, its index, or a folder with one of them: lists the tensors.")
    private String model;

    @Option(names = "--stage", paramLabel = "STAGE",
            description = "Also the graph as imported, as optimised, or the plan of a run with its memory: "
                    + "imported, optimised, plan.")
    private Stage stage;

    @Option(names = "--shape", paramLabel = "[NAME=]1x128", description = ShapeArguments.DESCRIPTION
            + " With it, the memory of the values of a run is shown.")
    private List<String> shapes = List.of();

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        PrintWriter err = spec.commandLine().getErr();
        if (StoredTensors.isMeantBy(model)) {
            return inspectTensors();
        }
        ModelSource source = ModelArgument.source(model);
        try (Model loaded =
                Progress.during(err, "loading " + model, () -> Model.load(source, LoadOptions.defaults()))) {
            boolean bindable = !shapes.isEmpty()
                    || loaded.metadata().inputs().stream().allMatch(p -> p.dims() != null
                            && p.dims().stream().allMatch(d -> d.matches("\\d+")));
            if (stage == Stage.PLAN && !bindable) {
                throw new ParameterException(spec.commandLine(),
                        "--stage plan needs --shape for inputs " + loaded.metadata().inputs());
            }
            BoundPlan plan = bindable
                    ? BoundPlan.of(loaded.compiled(), ShapeArguments.resolve(shapes, loaded.metadata().inputs()))
                    : null;
            if (json) {
                Json.print(spec.commandLine().getOut(), document(loaded, plan));
            } else {
                print(loaded, plan);
            }
        }
        return 0;
    }

    /** Weights alone: there is no graph, and nothing to run. */
    private int inspectTensors() throws IOException {
        if (stage != null || !shapes.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--stage and --shape need a model, not tensors alone");
        }
        StoredTensors tensors = StoredTensors.read(model);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Json.print(out, tensors.document());
        } else {
            out.print(tensors.text());
            out.flush();
        }
        return 0;
    }

    private void print(Model loaded, BoundPlan plan) {
        PrintWriter out = spec.commandLine().getOut();
        ModelMetadata m = loaded.metadata();
        GraphSummary imported = GraphSummary.of(loaded.compiled().imported());
        GraphSummary optimised = GraphSummary.of(loaded.compiled().optimised());
        Table facts = new Table("l").row("model", loaded.name());
        if (!m.producerName().isEmpty()) {
            facts.row("producer", LanewiseException.printable(m.producerName() + " " + m.producerVersion()));
        }
        if (m.irVersion() > 0) {
            facts.row("format", "IR " + m.irVersion() + ", operator sets " + m.opsets());
        }
        m.properties().forEach((k, v) -> facts.row(LanewiseException.printable(k), LanewiseException.printable(v)));
        ports(facts, "input", m.inputs());
        ports(facts, "output", m.outputs());
        facts.row("parameters", imported.parameters() + " in " + imported.constants() + " tensors, "
                + bytes(imported.parameterBytes()));
        facts.row("nodes", imported.nodes() + " imported, " + optimised.nodes() + " optimised");
        if (plan != null) {
            facts.row("activations", bytes(plan.arenaBytes()) + " for the given shapes"
                    + (plan.heapValues() == 0 ? ""
                            : ", and " + plan.heapValues() + " values whose step allocates them"));
        }
        out.print(facts);
        out.println();
        Table operators = new Table("rrl").row("imported", "optimised", "operator");
        imported.operators().keySet().forEach(o -> operators.row(imported.operators().get(o),
                optimised.operators().getOrDefault(o, 0), LanewiseException.printable(o)));
        optimised.operators().forEach((o, n) -> {
            if (!imported.operators().containsKey(o)) {
                operators.row(0, n, LanewiseException.printable(o));
            }
        });
        out.print(operators);
        if (stage != null) {
            out.println();
            switch (stage) {
                case IMPORTED -> out.print(GraphSummary.listing(loaded.compiled().imported()));
                case OPTIMISED -> out.print(GraphSummary.listing(loaded.compiled().optimised()));
                case PLAN -> out.print(plan.listing());
            }
        }
        out.flush();
    }

    private static void ports(Table table, String kind, List<Port> ports) {
        ports.forEach(p -> table.row(kind, LanewiseException.printable(p.toString())));
    }

    static String bytes(long count) {
        return count < 10_000 ? count + " bytes"
                : count < 10_000_000 ? count / 1000 + " kB"
                : count / 1_000_000 + " MB";
    }

    private Map<String, Object> document(Model loaded, BoundPlan plan) {
        ModelMetadata m = loaded.metadata();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("model", loaded.name());
        document.put("producer", m.producerName());
        document.put("producer_version", m.producerVersion());
        document.put("ir_version", m.irVersion());
        document.put("opsets", m.opsets());
        document.put("properties", m.properties());
        document.put("inputs", ports(m.inputs()));
        document.put("outputs", ports(m.outputs()));
        GraphSummary imported = GraphSummary.of(loaded.compiled().imported());
        document.put("parameters", imported.parameters());
        document.put("parameter_bytes", imported.parameterBytes());
        document.put("operators", imported.operators());
        document.put("optimised_operators", GraphSummary.of(loaded.compiled().optimised()).operators());
        if (plan != null) {
            document.put("activation_bytes", plan.arenaBytes());
            document.put("allocated_values", plan.heapValues());
        }
        if (stage != null) {
            document.put("stage", stage.name().toLowerCase(java.util.Locale.ROOT));
            switch (stage) {
                case IMPORTED -> document.put("nodes", GraphSummary.nodeList(loaded.compiled().imported()));
                case OPTIMISED -> document.put("nodes", GraphSummary.nodeList(loaded.compiled().optimised()));
                case PLAN -> document.putAll(plan.document());
            }
        }
        return document;
    }

    private static List<Map<String, Object>> ports(List<Port> ports) {
        return ports.stream().map(p -> {
            Map<String, Object> port = new LinkedHashMap<>();
            port.put("name", p.name());
            port.put("type", p.type());
            port.put("dims", p.dims());
            return port;
        }).toList();
    }
}
