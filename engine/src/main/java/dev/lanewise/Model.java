package dev.lanewise;

import dev.lanewise.compile.CompiledModel;
import dev.lanewise.compile.Compiler;
import dev.lanewise.compile.CompilerOptions;
import dev.lanewise.elastic.Elastic;
import dev.lanewise.elastic.MixOrder;
import dev.lanewise.graph.Graph;
import dev.lanewise.kernel.KernelProvider;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.WarmingKernels;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;

/**
 * A loaded and compiled model: weights packed for the kernels, shared by any number of sessions and threads. Immutable until
 * closed.
 */
public final class Model implements AutoCloseable {
    private static final int EXACT_PLANS = 16;
    /** Property of a model made for several widths of its feed-forward blocks: those widths, rising, with commas. */
    private static final String NESTED_WIDTHS = "lanewise.nested_widths";
    private static final int MOST_GRANULARITIES = 64;
    /** Property of such a model: which blocks of a mix are the wider ones, a {@link MixOrder} in any case. */
    private static final String MIX_ORDER = "lanewise.mix_order";

    private final String name;
    private final ModelMetadata metadata;
    private final CompiledModel compiled;
    /** Null where there is one size. */
    private final Elastic elastic;
    private volatile boolean closed;

    private Model(String name, ModelMetadata metadata, CompiledModel compiled) {
        this.name = name;
        this.metadata = metadata;
        this.compiled = compiled;
        this.elastic = compiled.elastic() == null ? null : compiled.elastic().mixing(mixOrder(name, metadata));
    }

    private static MixOrder mixOrder(String name, ModelMetadata metadata) {
        String order = metadata.properties().getOrDefault(MIX_ORDER, MixOrder.LAST_BLOCKS.name());
        return Arrays.stream(MixOrder.values()).filter(o -> o.name().equalsIgnoreCase(order)).findFirst()
                .orElseThrow(() -> new ModelFormatException(name, "property " + MIX_ORDER, "one of "
                        + List.of(MixOrder.values()), "'" + LanewiseException.printable(order) + "'", "correct it"));
    }

    /** Loads and compiles a model file of any format on the class or module path. */
    public static Model load(Path file) {
        return load(ModelSource.of(file), LoadOptions.defaults());
    }

    public static Model load(Path file, LoadOptions options) {
        return load(ModelSource.of(file), options);
    }

    /**
     * Loads and compiles a model.
     *
     * @throws ModelFormatException where the file is broken, beyond the limits, or of no known format
     * @throws UnsupportedModelException where it needs operators or types that are not there
     * @throws KernelUnavailableException where the options require vector kernels and this JVM has none
     * @throws UncheckedIOException where reading fails
     */
    public static Model load(ModelSource source, LoadOptions options) {
        Kernels kernels = KernelProvider.select(options.kernels());
        Events.Load event = Events.areOn() ? new Events.Load() : null;
        if (event != null) {
            event.begin();
        }
        ModelFormat.LoadedModel loaded = format(source).read(source, options);
        if (event != null) {
            event.source = source.name();
            event.nodes = loaded.graph().nodes().size();
            event.commit();
        }
        return compile(source.name(), loaded.graph(), loaded.metadata(), kernels, options);
    }

    /** Compiles a graph that was built in memory; what is adaptive in it is so without options. */
    public static Model of(String name, Graph graph, ModelMetadata metadata, LoadOptions options) {
        options.adaptive().check(name, false, false, false);
        return compile(name, graph, metadata, KernelProvider.select(options.kernels()), options);
    }

    private static Model compile(String name, Graph graph, ModelMetadata metadata, Kernels kernels,
            LoadOptions options) {
        Events.Compile event = Events.areOn() ? new Events.Compile() : null;
        if (event != null) {
            event.begin();
        }
        CompilerOptions how = new CompilerOptions(options.optimise(), options.limits().foldedBytes(),
                options.limits().activationBytes(), EXACT_PLANS, options.weights(),
                granularities(name, metadata, options));
        CompiledModel compiled;
        try {
            compiled = Compiler.compile(graph, WarmingKernels.of(kernels), how);
        } catch (ModelFormatException e) {
            throw e.in(name);
        } catch (ArithmeticException | IndexOutOfBoundsException | NegativeArraySizeException | NullPointerException
                | IllegalArgumentException | IllegalStateException | ClassCastException e) {
            // the compiler's own checks missed this; the promise of a typed error holds all the same
            throw new ModelFormatException(name, null, "a graph that can be compiled", e.toString(),
                    "check the model; if other engines run it, report it and load it without optimisation", e);
        }
        if (event != null) {
            event.model = name;
            event.steps = compiled.symbolicPlan().steps().size();
            event.commit();
        }
        return new Model(name, metadata, compiled);
    }

    /** What the options ask for, else what the model says about itself, which is not to be trusted. */
    private static List<Double> granularities(String name, ModelMetadata metadata, LoadOptions options) {
        if (options.granularities() != null) {
            return options.granularities();
        }
        String widths = options.optimise() ? metadata.properties().get(NESTED_WIDTHS) : null;
        if (widths == null) {
            return List.of();
        }
        try {
            String[] each = widths.split(",", MOST_GRANULARITIES + 1);
            double widest = Math.max(0, Integer.parseInt(each[each.length - 1].strip()));
            double[] shares = Arrays.stream(each).mapToDouble(w -> Integer.parseInt(w.strip()) / widest).toArray();
            return options.withGranularities(shares).granularities();
        } catch (NumberFormatException | InvalidInputException e) {
            throw new ModelFormatException(name, "property " + NESTED_WIDTHS,
                    "1 to " + MOST_GRANULARITIES + " widths that rise, as 96,192,384",
                    "'" + LanewiseException.printable(widths) + "'", "correct it, or load with granularities", e);
        }
    }

    private static ModelFormat format(ModelSource source) {
        List<String> known = new ArrayList<>();
        for (ModelFormat f : ServiceLoader.load(ModelFormat.class, Model.class.getClassLoader())) {
            if (f.accepts(source)) {
                return f;
            }
            known.add(f.getClass().getSimpleName());
        }
        throw new ModelFormatException(source.name(), null, "a model format out of " + known, "something else",
                known.isEmpty()
                        ? "add lanewise-loaders to the class or module path"
                        : "check that the file is a model");
    }

    /** The file or name it was loaded from. */
    public String name() {
        return name;
    }

    public ModelMetadata metadata() {
        return metadata;
    }

    /** Which kernels run: {@code vector} or {@code scalar}. */
    public String kernels() {
        return compiled.kernels().name();
    }

    /** Width of the vectors that the kernels use in bits; 0 for scalar ones. */
    public int vectorBits() {
        return compiled.kernels().vectorBits();
    }

    /**
     * Stands for all that the time of a run depends on: operators, shapes and types after optimisation, not the weights' values.
     * Sixteen hexadecimal digits.
     */
    public String fingerprint() {
        checkOpen();
        return compiled.fingerprint();
    }

    /**
     * The sizes that the model can run in.
     *
     * @throws InvalidInputException where it was not loaded for more than one
     */
    public Elastic elastic() {
        checkOpen();
        if (elastic == null) {
            throw new InvalidInputException("elastic", "a model loaded for several widths, with blocks that have them",
                    name, "load it with LoadOptions.withGranularities");
        }
        return elastic;
    }

    /** The graphs and plans inside, for tools that show them; not part of the stable API. */
    public CompiledModel compiled() {
        checkOpen();
        return compiled;
    }

    public Session newSession() {
        return newSession(SessionOptions.defaults());
    }

    /** A session of its own memory for one thread of the caller at a time; cheap. */
    public Session newSession(SessionOptions options) {
        checkOpen();
        return new Session(this, compiled, options);
    }

    void checkOpen() {
        if (closed) {
            throw new ClosedException("model " + LanewiseException.printable(name));
        }
    }

    /** Ends use of the model and its sessions; runs under way finish. */
    @Override
    public void close() {
        closed = true;
    }
}
