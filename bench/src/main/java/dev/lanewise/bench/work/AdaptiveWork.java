package dev.lanewise.bench.work;

import dev.lanewise.DataType;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelMetadata;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.bench.Statistics;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.op.adaptive.AdaptiveComputation;
import dev.lanewise.op.adaptive.LearnerGate;
import dev.lanewise.op.linear.Linear;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A feed-forward block of ViT-B as an adaptive computation module with random gates, beside the dense block with the same weights:
 * {@value #SIZE} channels, {@value #LEARNERS} learners of {@value #WIDTH} neurons, {@value #TOKENS} tokens of {@value #IMAGES} images.
 * Arguments: threads. For each share of learners that the gates are made to choose on average: milliseconds of gate and module, and
 * their ratio to those of the gate alone plus that share of the dense block. Sorting, gathering and scattering are granted nothing.
 */
public final class AdaptiveWork {
    /** Shares of all learners, as the keys have them. */
    public static final List<String> SHARES = List.of("0.25", "0.5", "0.75", "1");
    private static final int SIZE = 768;
    private static final int LEARNERS = 4;
    private static final int WIDTH = 768;
    private static final int TOKENS = 197;
    private static final int IMAGES = 8;
    private static final double WARM_SECONDS = 2;
    /** What makes a gate choose all learners whatever the token. */
    private static final float ALWAYS = 1e6f;

    private final Random random = new Random(7);
    private final int threads;
    private final float[] z = normal(IMAGES * TOKENS * SIZE, 1);
    private final Value up = constant(normal(SIZE * LEARNERS * WIDTH, 1 / Math.sqrt(SIZE)), SIZE, LEARNERS * WIDTH);
    private final Value bias = constant(normal(LEARNERS * WIDTH, 0.1), LEARNERS * WIDTH);
    private final Value down = constant(normal(LEARNERS * WIDTH * SIZE, 1 / Math.sqrt(LEARNERS * WIDTH)),
            LEARNERS * WIDTH, SIZE);
    private final Tensor gate =
            Tensor.of(normal(SIZE * (LEARNERS + 1), 1 / Math.sqrt(SIZE)), SIZE, LEARNERS + 1);

    private AdaptiveWork(int threads) {
        this.threads = threads;
    }

    public static void main(String[] arguments) throws Exception {
        new AdaptiveWork(Integer.parseInt(arguments[0])).run();
    }

    private void run() throws Exception {
        Emit.doing("making weights");
        Map<String, Float> slopes = new LinkedHashMap<>();
        List<Alternation.Entrant> entrants = new ArrayList<>();
        entrants.add(entrant("dense", dense()));
        entrants.add(entrant("gate", module(0, false)));
        for (String share : SHARES) {
            slopes.put(share, slope(Double.parseDouble(share)));
            entrants.add(entrant(share, module(slopes.get(share), true)));
        }
        Emit.doing("measuring");
        Map<String, double[]> millis = Alternation.measure(entrants, WARM_SECONDS);
        double dense = Statistics.median(millis.get("dense"));
        double gateAlone = Statistics.median(millis.get("gate"));
        String under = "adaptive/" + threads;
        Emit.value(under + "/dense", dense);
        Emit.value(under + "/gate", gateAlone);
        for (String share : SHARES) {
            double chosen = share(slopes.get(share));
            double median = Statistics.median(millis.get(share));
            Emit.value(under + "/" + share + "/share", chosen);
            Emit.value(under + "/" + share + "/millis", median);
            Emit.value(under + "/" + share + "/ratio", median / (gateAlone + chosen * dense));
            Emit.value(under + "/" + share + "/of-dense", median / dense);
        }
    }

    private float[] normal(int n, double deviation) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) (deviation * random.nextGaussian());
        }
        return x;
    }

    private static Value constant(float[] data, int... shape) {
        return Value.constant("constant", Tensor.of(data, shape).asDeferred());
    }

    private static Value input() {
        return Value.input("z", Fact.of(DataType.FLOAT, Dim.symbol("tokens"), Dim.constant(SIZE)));
    }

    private Graph dense() {
        Value x = input();
        Value hidden = Node.of("up", new Linear(1, true, UnaryFunction.GELU, false), x, up, bias).output();
        return Graph.of(List.of(x), List.of(Node.of("down", new Linear(1, false, null, false), hidden, down).output()),
                List.of("y"));
    }

    /** The gate, and the module behind it where that is wanted. */
    private Graph module(float slope, boolean whole) {
        Value x = input();
        Value levels = Node.of("gate", new LearnerGate(List.of(0), false), x, Value.constant("gate", gate),
                Value.constant("slope", tilt(slope))).output();
        var module = new AdaptiveComputation(LEARNERS, UnaryFunction.GELU, -1, true, false, false);
        Value y = whole ? Node.of("module", module, x, levels, up, bias, down).output() : levels;
        return Graph.of(List.of(x), List.of(y), List.of("y"));
    }

    /** Biases that favour many learners the more the larger the slope. */
    private static Tensor tilt(float slope) {
        float[] tilt = new float[LEARNERS + 1];
        for (int j = 0; j < tilt.length; j++) {
            tilt[j] = slope * j;
        }
        return Tensor.of(tilt, tilt.length);
    }

    /** The share of learners that gates of this slope choose for the tokens at hand. */
    private double share(float slope) {
        Tensor levels = new LearnerGate(List.of(0), false)
                .evaluate(new Tensor[] {Tensor.of(z, z.length / SIZE, SIZE), gate, tilt(slope)})[0];
        return Arrays.stream(levels.ints()).average().orElseThrow() / LEARNERS;
    }

    private float slope(double share) {
        if (share == 1) {
            return ALWAYS;
        }
        float low = -10;
        float high = 10;
        for (int i = 0; i < 20; i++) {
            float middle = (low + high) / 2;
            if (share(middle) < share) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    private Alternation.Entrant entrant(String name, Graph graph) {
        ModelMetadata metadata = new ModelMetadata(name, "", "", 1, 1, Map.of(), "", Map.of(), List.of(), List.of(),
                List.of());
        Session session = Model.of(name, graph, metadata, LoadOptions.defaults())
                .newSession(SessionOptions.defaults().withThreads(threads));
        Map<String, Tensor> in = Map.of("z", Tensor.of(z, z.length / SIZE, SIZE));
        return new Alternation.Entrant(name, () -> session.run(in));
    }
}
