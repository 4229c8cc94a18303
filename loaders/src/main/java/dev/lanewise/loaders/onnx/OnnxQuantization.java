package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.loaders.onnx.OnnxEdits.NewNode;
import dev.lanewise.loaders.onnx.OnnxEdits.OldNode;
import dev.lanewise.loaders.onnx.OnnxEdits.WrittenNode;
import dev.lanewise.op.quant.WeightFormat.Scale;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Encoded weights in the forms that ONNX Runtime reads, whatever the model's operator set: groups as {@code MatMulNBits} and
 * {@code GatherBlockQuantized} of {@code com.microsoft}, bytes of channels as DequantizeLinear, rows of bytes as Gather, Cast and Mul,
 * 16-bit floats as Cast.
 */
public final class OnnxQuantization {
    private static final String MICROSOFT = "com.microsoft";
    /** The first operator set whose DequantizeLinear has an axis. */
    private static final long PER_AXIS = 13;
    /** The first operator set with QuantizeLinear and DequantizeLinear. */
    private static final long PER_TENSOR = 10;
    /** The first operator set with DynamicQuantizeLinear. */
    private static final long DYNAMIC = 11;
    /** The first operator set whose Cast takes bfloat16. */
    private static final long BRAIN_FLOAT = 13;
    /** The first version of the format whose initialisers need not be inputs. */
    private static final long IR_OF_ADDED = 4;
    /** The first version of the format with 4-bit types. */
    private static final long IR_OF_4_BITS = 10;

    private final long operatorSet;
    private final Map<String, EncodedMatrix> weights;
    private final Activations activations;
    /** Inputs that have their nodes. */
    private final Set<String> quantized = new HashSet<>();
    private final Map<String, Tensor> added = new LinkedHashMap<>();
    private final List<NewNode> first = new ArrayList<>();
    private final Set<String> domains = new HashSet<>();
    private final Set<String> decoded = new HashSet<>();

    /**
     * How inputs of quantised layers are quantised.
     *
     * @param dynamic in each run, by their range; of MatMul with bytes of channels
     * @param ranges otherwise scale and zero point of unsigned bytes, by name; those that are not there stay FLOAT
     */
    public record Activations(boolean dynamic, Map<String, Scale> ranges) {
        public static final Activations FLOAT = new Activations(false, Map.of());
    }

    private OnnxQuantization(long operatorSet, Map<String, EncodedMatrix> weights, Activations activations) {
        this.operatorSet = operatorSet;
        this.weights = weights;
        this.activations = activations;
    }

    /**
     * The edits that bring encoded weights into a model's file.
     *
     * @param operatorSet the model's own of ai.onnx
     * @param changed initialisers that stay FLOAT, with other numbers, by name
     * @param weights what initialisers become, by their names
     * @param shapes of those that are no matrices, by name
     * @throws InvalidInputException where the operator set has no form for dynamic activations, or for bfloat16
     */
    public static OnnxEdits edits(long operatorSet, Map<String, Tensor> changed, Map<String, EncodedMatrix> weights,
            Map<String, int[]> shapes, Activations activations, Map<String, String> properties) {
        if (activations.dynamic && operatorSet < DYNAMIC) {
            throw new InvalidInputException("model", "operator set " + DYNAMIC + " or later for dynamic activations",
                    Long.toString(operatorSet), "quantise activations statically, or not at all");
        }
        if (operatorSet < BRAIN_FLOAT
                && weights.values().stream().anyMatch(m -> m.codes().type() == DataType.BFLOAT16)) {
            throw new InvalidInputException("model", "operator set " + BRAIN_FLOAT + " or later for bf16 weights",
                    Long.toString(operatorSet), "store them as fp16");
        }
        OnnxQuantization q = new OnnxQuantization(operatorSet, weights, activations);
        weights.forEach((name, m) -> q.initialisers(name, m, shapes.getOrDefault(name, m.codes().shape())));
        return new OnnxEdits(changed, Set.copyOf(weights.keySet()), q.added, q.first, q::others, q.domains,
                weights.values().stream().anyMatch(m -> m.codes().type().bits() == 4) ? IR_OF_4_BITS : IR_OF_ADDED,
                properties);
    }

    /** Whether there is a form for groups of this size. */
    public static boolean isBlockSize(int group) {
        return group >= 16 && Integer.bitCount(group) == 1;
    }

    private void initialisers(String name, EncodedMatrix m, int[] shape) {
        if (m.isHalf()) {
            added.put(name + "_half", m.codes());
            first.add(new NewNode(name + "_cast", "Cast", "", List.of(name + "_half"), List.of(name),
                    Map.of("to", (long) ElementTypes.number(DataType.FLOAT))));
        } else if (isOfChannels(m)) {
            added.put(name + "_quantized", m.codes().reshape(shape));
            added.put(name + "_scale", m.scales().reshape(m.scales().size()));
        }
    }

    /** One scale for each sum. */
    private static boolean isOfChannels(EncodedMatrix m) {
        return m.block() >= (m.axis() == 0 ? m.rows() : m.columns()) && m.codes().type().bits() == Byte.SIZE;
    }

    private List<WrittenNode> others(OldNode node) {
        List<WrittenNode> nodes = null;
        for (int i = 0; i < node.inputs().size(); i++) {
            String name = node.inputs().get(i);
            EncodedMatrix m = weights.get(name);
            if (m != null && !m.isHalf()) {
                nodes = read(node, i, name, m);
            }
        }
        return nodes;
    }

    private List<WrittenNode> read(OldNode node, int input, String name, EncodedMatrix m) {
        boolean channels = isOfChannels(m);
        if (node.operator().equals("Gather") && input == 0 && m.axis() == 1) {
            return channels ? gatherRows(node, name) : gather(node, name, m);
        }
        if (node.operator().equals("MatMul") && input == 1 && m.axis() == 0 && !channels) {
            return List.of(product(node, name, m, node.outputs().getFirst()));
        }
        if (node.operator().equals("Gemm") && input == 1 && !channels) {
            return gemm(node, name, m);
        }
        if (activations.dynamic && node.operator().equals("MatMul") && input == 1 && m.axis() == 0
                && m.zeroPoints() == null) {
            return dynamic(node, name);
        }
        decode(name, m);
        return input == 1 && activations.ranges.containsKey(node.inputs().getFirst()) ? fixed(node) : null;
    }

    /** {@code Cast(MatMulInteger(DynamicQuantizeLinear(x), W)) * (scale of x * scales of W)}. */
    private List<WrittenNode> dynamic(OldNode node, String name) {
        String x = node.inputs().getFirst();
        String y = node.outputs().getFirst();
        List<WrittenNode> nodes = new ArrayList<>();
        if (quantized.add(x)) {
            nodes.add(new NewNode(x + "_quantize", "DynamicQuantizeLinear", "", List.of(x),
                    List.of(x + "_quantized", x + "_scale", x + "_zero_point"), Map.of()));
        }
        nodes.add(new NewNode(node.name() + "_integer", "MatMulInteger", "",
                List.of(x + "_quantized", name + "_quantized", x + "_zero_point"), List.of(y + "_sums"), Map.of()));
        nodes.add(new NewNode(node.name() + "_cast", "Cast", "", List.of(y + "_sums"), List.of(y + "_steps"),
                Map.of("to", (long) ElementTypes.number(DataType.FLOAT))));
        nodes.add(new NewNode(node.name() + "_scales", "Mul", "", List.of(x + "_scale", name + "_scale"),
                List.of(y + "_scale"), Map.of()));
        nodes.add(new NewNode(node.name() + "_scaled", "Mul", "", List.of(y + "_steps", y + "_scale"), List.of(y),
                Map.of()));
        return nodes;
    }

    /** QuantizeLinear and DequantizeLinear before the node. */
    private List<WrittenNode> fixed(OldNode node) {
        String x = node.inputs().getFirst();
        List<WrittenNode> nodes = new ArrayList<>();
        if (quantized.add(x)) {
            Scale s = activations.ranges.get(x);
            added.put(x + "_scale", Tensor.scalar(s.scale()));
            added.put(x + "_zero_point", Tensor.of(DataType.UINT8, new byte[] {(byte) s.zeroPoint()}));
            List<String> scale = List.of(x + "_scale", x + "_zero_point");
            String domain = domainSince(PER_TENSOR);
            nodes.add(new NewNode(x + "_quantize", "QuantizeLinear", domain, List.of(x, scale.get(0), scale.get(1)),
                    List.of(x + "_quantized"), Map.of()));
            nodes.add(new NewNode(x + "_dequantize", "DequantizeLinear", domain,
                    List.of(x + "_quantized", scale.get(0), scale.get(1)), List.of(x + "_dequantized"), Map.of()));
        }
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.set(0, x + "_dequantized");
        nodes.add(node.with(inputs));
        return nodes;
    }

    private List<WrittenNode> gemm(OldNode node, String name, EncodedMatrix m) {
        String y = node.outputs().getFirst();
        if (node.inputs().size() < 3 || node.inputs().get(2).isEmpty()) {
            return List.of(product(node, name, m, y));
        }
        return List.of(product(node, name, m, y + "_product"), new NewNode(node.name() + "_bias", "Add", "",
                List.of(y + "_product", node.inputs().get(2)), List.of(y), Map.of()));
    }

    /** The whole matrix as floats, for whatever reads it. */
    private void decode(String name, EncodedMatrix m) {
        if (!decoded.add(name)) {
            return;
        }
        if (!isOfChannels(m)) {
            throw new InvalidInputException(name, "matrices in groups that MatMul, Gemm or Gather read",
                    "another operator that reads it", "exclude it, or quantise with one scale a channel");
        }
        List<String> inputs = new ArrayList<>(List.of(name + "_quantized", name + "_scale"));
        if (m.zeroPoints() != null) {
            added.put(name + "_zero_point", m.zeroPoints().reshape(m.zeroPoints().size()));
            inputs.add(name + "_zero_point");
        }
        first.add(new NewNode(name + "_dequantize", "DequantizeLinear", domainSince(PER_AXIS), inputs, List.of(name),
                Map.of("axis", 1L - m.axis())));
    }

    /** ONNX Runtime's own where the standard's operators are not there yet, which are the same. */
    private String domainSince(long first) {
        if (operatorSet >= first) {
            return "";
        }
        domains.add(MICROSOFT);
        return MICROSOFT;
    }

    /** {@code Cast(Gather(bytes)) * Gather(scales)}. */
    private List<WrittenNode> gatherRows(OldNode node, String name) {
        String y = node.outputs().getFirst();
        String ids = node.inputs().get(1);
        added.put(name + "_row_scale", added.get(name + "_scale").reshape(added.get(name + "_scale").size(), 1));
        return List.of(
                new NewNode(node.name() + "_rows", "Gather", "", List.of(name + "_quantized", ids),
                        List.of(y + "_codes"),
                        Map.of()),
                new NewNode(node.name() + "_cast", "Cast", "", List.of(y + "_codes"), List.of(y + "_steps"),
                        Map.of("to", (long) ElementTypes.number(DataType.FLOAT))),
                new NewNode(node.name() + "_scales", "Gather", "", List.of(name + "_row_scale", ids),
                        List.of(y + "_scales"), Map.of()),
                new NewNode(node.name() + "_scaled", "Mul", "", List.of(y + "_steps", y + "_scales"), List.of(y),
                        Map.of()));
    }

    private List<WrittenNode> gather(OldNode node, String name, EncodedMatrix m) {
        domains.add(MICROSOFT);
        added.put(name + "_quantized", m.codes());
        added.put(name + "_scale", m.scales());
        List<String> inputs =
                new ArrayList<>(List.of(name + "_quantized", node.inputs().get(1), name + "_scale"));
        if (m.zeroPoints() != null) {
            added.put(name + "_zero_point", m.zeroPoints());
            inputs.add(name + "_zero_point");
        }
        return List.of(new NewNode(node.name(), "GatherBlockQuantized", MICROSOFT, inputs, node.outputs(),
                Map.of("gather_axis", 0L, "quantize_axis", 1L, "block_size", (long) m.block())));
    }

    private NewNode product(OldNode node, String name, EncodedMatrix m, String y) {
        domains.add(MICROSOFT);
        EncodedMatrix byOutput = m.axis() == 0 ? m.transposed() : m;
        int bits = m.codes().type().bits();
        int n = byOutput.rows();
        int blocks = byOutput.scales().dim(1);
        added.computeIfAbsent(name + "_quantized",
                k -> Tensor.of(DataType.UINT8, packed(byOutput, bits, blocks), n, blocks,
                        m.block() * bits / Byte.SIZE));
        added.put(name + "_scale", byOutput.scales().reshape(n * blocks));
        List<String> inputs =
                new ArrayList<>(List.of(node.inputs().getFirst(), name + "_quantized", name + "_scale"));
        if (m.zeroPoints() != null) {
            added.put(name + "_zero_point", Tensor.of(DataType.UINT8, zeroPoints(byOutput, bits, blocks),
                    n * Math.ceilDiv(blocks * bits, Byte.SIZE)));
            inputs.add(name + "_zero_point");
        }
        Map<String, Long> attributes = new HashMap<>(Map.of("K", (long) byOutput.columns(), "N", (long) n, "bits",
                (long) bits, "block_size", (long) m.block()));
        return new NewNode(node.name(), "MatMulNBits", MICROSOFT, inputs, List.of(y), attributes);
    }

    /** Codes of each output side by side, from 0 on, those of 4 bits two in a byte with the first in the low half; the last block padded. */
    private static byte[] packed(EncodedMatrix m, int bits, int blocks) {
        int k = m.columns();
        int row = blocks * m.block();
        int middle = 1 << bits - 1;
        byte[] codes = m.codes().bytes();
        byte[] out = new byte[m.rows() * row * bits / Byte.SIZE];
        for (int j = 0; j < m.rows(); j++) {
            for (int i = 0; i < row; i++) {
                int code = middle + (i < k ? m.signed(codes[j * k + i]) : 0);
                int at = j * row + i;
                if (bits == Byte.SIZE) {
                    out[at] = (byte) code;
                } else {
                    out[at / 2] |= (byte) (at % 2 == 0 ? code : code << 4);
                }
            }
        }
        return out;
    }

    private static byte[] zeroPoints(EncodedMatrix m, int bits, int blocks) {
        int row = Math.ceilDiv(blocks * bits, Byte.SIZE);
        byte[] out = new byte[m.rows() * row];
        for (int j = 0; j < m.rows(); j++) {
            for (int b = 0; b < blocks; b++) {
                int zero = m.zeroPoint(j * blocks + b) + (1 << bits - 1);
                if (bits == Byte.SIZE) {
                    out[j * row + b] = (byte) zero;
                } else {
                    out[j * row + b / 2] |= (byte) (b % 2 == 0 ? zero : zero << 4);
                }
            }
        }
        return out;
    }
}
