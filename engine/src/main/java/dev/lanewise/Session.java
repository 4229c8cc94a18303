package dev.lanewise;

import dev.lanewise.SessionOptions.WarmUp;
import dev.lanewise.compile.CompiledModel;
import dev.lanewise.elastic.Submodel;
import dev.lanewise.exec.Arena;
import dev.lanewise.exec.Binding;
import dev.lanewise.exec.Executor;
import dev.lanewise.exec.ForkJoinExecutor;
import dev.lanewise.exec.Plan;
import dev.lanewise.exec.RaggedBinding;
import dev.lanewise.exec.SingleThreadExecutor;
import dev.lanewise.kernel.WarmingKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs a model in memory of its own. One caller at a time: for more, open a session each; they share the model's weights.
 * Results do not depend on the session, its threads, or what ran before.
 */
public final class Session implements AutoCloseable {
    private final Model model;
    private final CompiledModel compiled;
    private final SessionOptions options;
    private final Executor executor;
    /** Null where the kernels need no warm-up. */
    private final WarmingKernels warming;
    private final Arena arena = new Arena();
    private final AtomicBoolean busy = new AtomicBoolean();
    private final List<String> outputNames;
    private final SessionInputs inputs;
    private Binding binding;
    private RaggedBinding ragged;
    private StepClock clock;
    private volatile boolean closed;

    Session(Model model, CompiledModel compiled, SessionOptions options) {
        this.model = model;
        this.compiled = compiled;
        this.options = options;
        this.executor = options.threads() == 1 ? new SingleThreadExecutor()
                : options.pool() == null ? new ForkJoinExecutor(options.threads())
                : new ForkJoinExecutor(options.pool(), options.threads());
        this.outputNames = compiled.optimised().outputNames();
        this.inputs = new SessionInputs(compiled.symbolicPlan(), compiled.elastic());
        this.warming = compiled.kernels() instanceof WarmingKernels kernels ? kernels : null;
        if (warming != null && options.warmUp() == WarmUp.EAGER) {
            warming.await();
        } else if (warming != null && options.warmUp() == WarmUp.NONE) {
            warming.useAsTheyAre();
        }
    }

    /** Runs the model and returns all its outputs as new tensors. */
    public Outputs run(Map<String, Tensor> inputs) {
        return run(inputs, RunOptions.defaults());
    }

    /** Runs an elastic model in one of its sizes. */
    public Outputs run(Map<String, Tensor> inputs, Submodel submodel) {
        return run(inputs, RunOptions.defaults().withSubmodel(submodel));
    }

    /**
     * Runs the model.
     *
     * @param inputs a tensor for each input of the model, by name; neither kept nor changed
     * @throws InvalidInputException where names, types or shapes do not fit
     * @throws RunAbortedException where the options ended the run
     * @throws ClosedException where the session or its model is closed
     */
    public Outputs run(Map<String, Tensor> inputs, RunOptions runOptions) {
        return new Outputs(outputNames, execute(inputs, null, runOptions));
    }

    /** Runs the model into tensors of the caller, by name; outputs that are not named are computed and dropped. */
    public void run(Map<String, Tensor> inputs, Map<String, Tensor> outputs) {
        run(inputs, outputs, RunOptions.defaults());
    }

    public void run(Map<String, Tensor> inputs, Map<String, Tensor> outputs, RunOptions runOptions) {
        for (String name : outputs.keySet()) {
            if (!outputNames.contains(name)) {
                throw new InvalidInputException(name, "an output out of " + outputNames, "none of that name",
                        "correct the name");
            }
        }
        execute(inputs, outputs, runOptions);
    }

    /**
     * Runs the model for several requests at once and returns the outputs of each: the same bits as one run after the other.
     * What works row by row (linear layers, normalisation, embeddings) runs once over the rows of all requests, the rest for each
     * request. So texts of different lengths cost what their tokens cost, and nothing is padded. Where the model's shapes depend
     * on data, the requests run one after the other.
     *
     * @param requests for each request a tensor for each input of the model, by name; neither kept nor changed
     */
    public List<Outputs> runAll(List<Map<String, Tensor>> requests) {
        return runAll(requests, RunOptions.defaults());
    }

    /** The same with options, which are about all requests together. */
    public List<Outputs> runAll(List<Map<String, Tensor>> requests, RunOptions runOptions) {
        long started = runOptions.timeout() == null ? 0 : System.nanoTime();
        if (requests.isEmpty()) {
            return List.of();
        }
        enter();
        try {
            checkOpen();
            Tensor[][] tensors = new Tensor[requests.size()][];
            long[][] symbols = new long[requests.size()][];
            boolean exact = false;
            for (int r = 0; r < tensors.length; r++) {
                inputs.read(requests.get(r), runOptions.submodel());
                tensors[r] = inputs.tensors().clone();
                symbols[r] = inputs.symbolValues().clone();
                exact |= compiled.planFor(inputs.tensors(), inputs.symbolValues()) != compiled.symbolicPlan();
            }
            return exact ? oneByOne(requests, runOptions, started) : together(tensors, symbols, runOptions, started);
        } finally {
            leave();
        }
    }

    private List<Outputs> oneByOne(List<Map<String, Tensor>> requests, RunOptions runOptions, long started) {
        List<Outputs> all = new ArrayList<>();
        for (Map<String, Tensor> request : requests) {
            all.add(new Outputs(outputNames, run(request, null, runOptions, started)));
        }
        return all;
    }

    private List<Outputs> together(Tensor[][] tensors, long[][] symbols, RunOptions runOptions, long started) {
        if (ragged == null) {
            ragged = new RaggedBinding(compiled.symbolicPlan(), arena, executor.threads(),
                    compiled.options().maxActivationBytes());
        }
        long held = arena.bytes();
        ragged.bind(symbols, tensors);
        if (arena.bytes() != held) {
            binding = null; // its buffers are no longer the arena's
        }
        if (clock == null || clock.plan() != ragged.plan()) {
            clock = new StepClock(ragged.plan(), options.profile());
        }
        clock.begin(runOptions, started, ragged.steps());
        executor.run(ragged.frame(), ragged.steps(), clock);
        clock.end();
        List<Outputs> all = new ArrayList<>();
        for (int r = 0; r < tensors.length; r++) {
            Tensor[] results = new Tensor[outputNames.size()];
            for (int i = 0; i < results.length; i++) {
                results[i] = ragged.output(r, i);
            }
            all.add(new Outputs(outputNames, results));
        }
        return all;
    }

    private void enter() {
        if (!busy.compareAndSet(false, true)) {
            throw new InvalidInputException("session", "one run at a time", "a second thread",
                    "open a session for each thread");
        }
    }

    private void leave() {
        if (binding != null) {
            binding.release();
        }
        inputs.release();
        busy.set(false);
        if (warming != null) {
            warming.runEnded();
        }
    }

    private Tensor[] execute(Map<String, Tensor> given, Map<String, Tensor> wanted, RunOptions runOptions) {
        long started = runOptions.timeout() == null ? 0 : System.nanoTime();
        enter();
        Events.Run event = Events.areOn() ? new Events.Run() : null;
        if (event != null) {
            event.begin();
        }
        try {
            return run(given, wanted, runOptions, started);
        } finally {
            leave();
            if (event != null) {
                event.model = model.name();
                event.threads = executor.threads();
                event.commit();
            }
        }
    }

    private Tensor[] run(Map<String, Tensor> given, Map<String, Tensor> wanted, RunOptions runOptions, long started) {
        checkOpen();
        inputs.read(given, runOptions.submodel());
        bind();
        Tensor[] results = attachOutputs(wanted);
        clock.begin(runOptions, started, binding.steps());
        executor.run(binding.frame(), binding.steps(), clock);
        clock.end();
        collect(results, wanted);
        return results;
    }

    private void bind() {
        Events.Bind event = Events.areOn() ? new Events.Bind() : null;
        if (event != null) {
            event.begin();
        }
        Plan plan = compiled.planFor(inputs.tensors(), inputs.symbolValues());
        if (binding == null || binding.plan() != plan) {
            binding = new Binding(plan, arena, executor.threads(), compiled.options().maxActivationBytes());
        }
        if (clock == null || clock.plan() != plan) {
            clock = new StepClock(plan, options.profile());
        }
        boolean exact = plan != compiled.symbolicPlan();
        if (binding.bind(exact ? inputs.widths() : inputs.symbolValues()) && event != null) {
            event.model = model.name();
            event.exact = exact;
            event.commit();
        }
        for (int i = 0; i < inputs.tensors().length; i++) {
            binding.input(i, inputs.tensors()[i]);
        }
    }

    private Tensor[] attachOutputs(Map<String, Tensor> wanted) {
        Tensor[] results = new Tensor[outputNames.size()];
        for (int i = 0; i < results.length; i++) {
            DataType type = binding.plan().slots().get(binding.plan().outputs()[i]).type();
            int[] shape = binding.outputShape(i, false);
            Tensor into = wanted == null ? null : wanted.get(outputNames.get(i));
            if (into != null) {
                checkAlone(i, into, wanted);
            }
            if (into != null && shape != null) {
                checkOutput(i, into, type, shape);
            }
            if (shape != null && binding.writesOutput(i)) {
                results[i] = into != null ? into : Tensor.zeros(type, shape);
                binding.output(i, results[i].array());
            }
        }
        return results;
    }

    /** An output is written while inputs are still read and other outputs are kept. */
    private void checkAlone(int output, Tensor into, Map<String, Tensor> wanted) {
        for (Tensor in : inputs.tensors()) {
            if (in.array() == into.array() && into.size() > 0) {
                throw shared(output, "that of an input");
            }
        }
        for (int i = 0; i < output; i++) {
            Tensor other = wanted.get(outputNames.get(i));
            if (other != null && other.array() == into.array() && into.size() > 0) {
                throw shared(output, "that of '" + outputNames.get(i) + "'");
            }
        }
    }

    private InvalidInputException shared(int output, String found) {
        return new InvalidInputException(outputNames.get(output), "an output tensor with an array of its own", found,
                "give each output a tensor of its own");
    }

    private void checkOutput(int i, Tensor into, DataType type, int[] shape) {
        if (into.type() != type || !into.hasShape(shape)) {
            throw new InvalidInputException(outputNames.get(i), "an output tensor " + type + Arrays.toString(shape),
                    into.toString(),
                    "give a tensor of the output's type and shape");
        }
    }

    /** Outputs of reference evaluations are there only now. */
    private void collect(Tensor[] results, Map<String, Tensor> wanted) {
        for (int i = 0; i < results.length; i++) {
            if (results[i] == null) {
                results[i] = binding.heapOutput(i);
                Tensor into = wanted == null ? null : wanted.get(outputNames.get(i));
                if (into != null) {
                    checkOutput(i, into, results[i].type(), results[i].shape());
                    System.arraycopy(results[i].array(), 0, into.array(), 0, into.size());
                }
            }
        }
    }

    /** Times of the steps since the plan in use was chosen; an error unless the session was opened with a profile. */
    public Profile profile() {
        if (!options.profile() || clock == null) {
            throw new InvalidInputException("profile", "a session opened with a profile that has run", "none",
                    "open it with SessionOptions.withProfile(true) and run it");
        }
        return clock.profile();
    }

    /** The model that it runs. */
    public Model model() {
        return model;
    }

    /** Threads that work on a run. */
    public int threads() {
        return executor.threads();
    }

    /** Bytes of activation memory that the session holds. */
    public long activationBytes() {
        return arena.bytes();
    }

    private void checkOpen() {
        if (closed) {
            throw new ClosedException("session of " + LanewiseException.printable(model.name()));
        }
        model.checkOpen();
    }

    /** Lets go of the session's memory and its own threads. */
    @Override
    public void close() {
        closed = true;
        executor.close();
    }
}
