package dev.lanewise.bench.work;

import dev.lanewise.DataType;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelMetadata;
import dev.lanewise.Profile.StepTime;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.bench.Statistics;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.op.linear.MatMul;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * One row times large matrices of few bits, as decoding a token takes them: so many that each comes from memory, as steps of a model,
 * between bursts of reading. Arguments: threads.
 */
public final class GemvWork {
    /** Rows and columns of a matrix. */
    public static final int SIZE = 4096;
    private static final int ROTATING_BYTES = 256 << 20;
    private static final int ROUNDS = 20;
    private static final int WARM_RUNS = 8;
    private static final String INPUT = "x";

    /**
     * How weights are held.
     *
     * @param group weights of a column that share a scale
     */
    public record Form(String name, DataType type, int group) {
        /** Bytes of a matrix with its scales. */
        double bytes() {
            return (double) SIZE * SIZE * type.bits() / Byte.SIZE + (double) Float.BYTES * SIZE * SIZE / group;
        }
    }

    /** What is measured; the first is what others are compared with. */
    public static final List<Form> FORMS = List.of(new Form("int8", DataType.INT8, SIZE),
            new Form("int8_group32", DataType.INT8, 32), new Form("int4_group32", DataType.INT4, 32));

    private GemvWork() {
    }

    public static void main(String[] arguments) throws InterruptedException {
        int threads = Integer.parseInt(arguments[0]);
        Roofs roofs = new Roofs(threads);
        Map<String, Tensor> input = Map.of(INPUT, row());
        SessionOptions options = SessionOptions.defaults().withThreads(threads).withProfile(true);
        Map<Form, Session> sessions = new TreeMap<>((a, b) -> a.name.compareTo(b.name));
        Map<Form, List<Double>> seconds = new TreeMap<>((a, b) -> a.name.compareTo(b.name));
        for (Form form : FORMS) {
            Emit.doing("making weights, " + form.name);
            sessions.put(form, model(form).newSession(options));
        }
        for (int round = -WARM_RUNS; round < ROUNDS; round++) {
            Emit.doing("round " + (round + 1) + " of " + ROUNDS);
            roofs.measure();
            for (Form form : FORMS) {
                sessions.get(form).run(input);
                double[] steps = sessions.get(form).profile().steps().stream().mapToLong(StepTime::lastNanos)
                        .mapToDouble(n -> n / 1e9).toArray();
                if (round >= 0) {
                    seconds.computeIfAbsent(form, f -> new ArrayList<>()).add(Statistics.median(steps));
                }
            }
        }
        Emit.value("gemv/" + threads + "/bandwidth", roofs.bytesPerSecond());
        Emit.value("gemv/" + threads + "/peak", roofs.flopsPerSecond());
        seconds.forEach((form, times) -> emit(key(form, threads), form,
                Statistics.median(times.stream().mapToDouble(Double::doubleValue).toArray()), roofs));
    }

    private static void emit(String key, Form form, double seconds, Roofs roofs) {
        Emit.value(key + "/weights", (double) SIZE * SIZE / seconds);
        Emit.value(key + "/bandwidth-share", form.bytes() / seconds / roofs.bytesPerSecond());
    }

    /** What the keys of a form begin with. */
    public static String key(Form form, int threads) {
        return "gemv/" + threads + "/" + form.name;
    }

    private static Tensor row() {
        float[] x = new float[SIZE];
        Random random = new Random(1);
        for (int i = 0; i < SIZE; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return Tensor.of(x, 1, SIZE);
    }

    private static Model model(Form form) {
        int count = (int) Math.ceil(ROTATING_BYTES / form.bytes());
        Value x = Value.input(INPUT, Fact.of(DataType.FLOAT, Dim.constants(1, SIZE)));
        Value y = x;
        for (int i = 0; i < count; i++) {
            y = Node.of("product" + i, new MatMul(), y, Value.constant("weights" + i, weights(form, i).tensor()))
                    .output();
        }
        ModelMetadata metadata = new ModelMetadata(form.name, "", "", 1, 1, Map.of(), "", Map.of(), List.of(),
                List.of(), List.of());
        return Model.of(form.name, Graph.of(List.of(x), List.of(y), List.of("y")), metadata, LoadOptions.defaults());
    }

    private static EncodedMatrix weights(Form form, int seed) {
        byte[] codes = new byte[SIZE * SIZE];
        new Random(seed).nextBytes(codes);
        int unused = Byte.SIZE - form.type.bits();
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) (codes[i] >> unused);
        }
        int groups = SIZE / form.group;
        float[] scales = new float[groups * SIZE];
        Arrays.fill(scales, 1.7f / (1 << form.type.bits() - 1) / (float) Math.sqrt(SIZE));
        return new EncodedMatrix(Tensor.of(form.type, codes, SIZE, SIZE), Tensor.of(scales, groups, SIZE), null, 0,
                form.group);
    }
}
