package dev.lanewise.op.elementwise;

import dev.lanewise.InvalidInputException;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.op.Elements;
import java.util.Arrays;
import java.util.function.BinaryOperator;

/**
 * The loops of an elementwise operator whose operands spread over the output by the ONNX multidirectional rule. Neighbouring
 * axes along which every operand moves alike are joined; what is left is a number of <i>runs</i>, stretches of the output
 * along which each operand steps by 1 or stands still. Runs are grouped or cut into tiles for several threads.
 */
public final class Broadcast {
    /** Elements below which work is not split. */
    private static final int TILE = 1 << 14;

    /** Up to three operands along one stretch of the output. */
    public interface Run {
        /**
         * @param y first output element
         * @param a first element of operand 0, likewise {@code b}, {@code c}; 0 for operands that are not there
         * @param n output elements
         */
        void apply(int y, int a, int b, int c, int n);
    }

    private final int operands;
    /** Joined axes, innermost first. */
    private final int[] lengths;
    private final int[][] strides;
    private final int[] sizes;
    private int axes;
    private int runs;
    private int cuts;
    private int runsPerTile;

    /** Loops for {@code operands} operands, up to three, and outputs of {@code rank} axes. */
    public Broadcast(int operands, int rank) {
        this.operands = operands;
        this.lengths = new int[Math.max(rank, 1)];
        this.strides = new int[3][lengths.length];
        this.sizes = new int[operands];
    }

    /** Loops over the output of these operands. */
    public static Broadcast of(int[] out, int[]... shapes) {
        Broadcast b = new Broadcast(shapes.length, out.length);
        b.bind(out, shapes);
        return b;
    }

    /** The shape over which all shapes spread. */
    public static int[] shape(int[]... shapes) {
        int rank = Arrays.stream(shapes).mapToInt(s -> s.length).max().orElse(0);
        int[] out = new int[rank];
        Arrays.fill(out, 1);
        for (int[] s : shapes) {
            for (int i = 0; i < s.length; i++) {
                int d = rank - s.length + i;
                if (s[i] != out[d] && s[i] != 1 && out[d] != 1) {
                    throw new InvalidInputException(null, "shapes that broadcast", Arrays.deepToString(shapes),
                            "make dimensions equal or 1");
                }
                out[d] = s[i] == 1 ? out[d] : s[i];
            }
        }
        return out;
    }

    /** Works the loops out anew; {@code shapes} hold one shape an operand. */
    public void bind(int[] out, int[][] shapes) {
        axes = 0;
        Arrays.fill(sizes, 1);
        for (int d = out.length - 1; d >= 0; d--) {
            if (out[d] != 1) {
                addAxis(out[d], d - out.length, shapes);
            }
        }
        if (axes == 0) {
            lengths[axes++] = 1;
        }
        runs = 1;
        for (int g = 1; g < axes; g++) {
            runs *= lengths[g];
        }
        cuts = (lengths[0] + TILE - 1) / TILE;
        runsPerTile = Math.max(1, TILE / Math.max(1, lengths[0]));
    }

    private void addAxis(int length, int fromEnd, int[][] shapes) {
        boolean joined = axes > 0;
        for (int o = 0; o < operands; o++) {
            int own = fromEnd + shapes[o].length;
            int dim = own < 0 ? 1 : shapes[o][own];
            int stride = dim == 1 ? 0 : sizes[o];
            joined = joined && stride == strides[o][axes - 1] * lengths[axes - 1];
            strides[o][axes] = stride;
            sizes[o] *= dim;
        }
        if (joined) {
            lengths[axes - 1] *= length;
        } else {
            lengths[axes++] = length;
        }
    }

    /** What operand {@code o} moves by along a run: 0 or 1. */
    public int step(int o) {
        return lengths[0] == 1 ? 0 : strides[o][0];
    }

    private int start(int o, int run) {
        int at = 0;
        int rest = run;
        for (int g = 1; g < axes; g++) {
            at += rest % lengths[g] * strides[o][g];
            rest /= lengths[g];
        }
        return at;
    }

    public int tiles() {
        return cuts > 1 ? runs * cuts : cuts * ((runs + runsPerTile - 1) / runsPerTile);
    }

    /** Visits the runs of one tile. */
    public void tile(int index, Run body) {
        int n = lengths[0];
        if (cuts > 1) {
            int run = index / cuts;
            int from = index % cuts * TILE;
            visit(run, from, Math.min(TILE, n - from), body);
            return;
        }
        int last = Math.min(runs, (index + 1) * runsPerTile);
        for (int run = index * runsPerTile; run < last; run++) {
            visit(run, 0, n, body);
        }
    }

    private void visit(int run, int from, int n, Run body) {
        int a = start(0, run) + from * step(0);
        int b = operands > 1 ? start(1, run) + from * step(1) : 0;
        int c = operands > 2 ? start(2, run) + from * step(2) : 0;
        body.apply(run * lengths[0] + from, a, b, c, n);
    }

    /** Visits everything on the calling thread. */
    public void all(Run body) {
        int tiles = tiles();
        for (int t = 0; t < tiles; t++) {
            tile(t, body);
        }
    }

    /** Content of a result from the operands' contents, one of which may be a single element; null where not decidable. */
    public static Dim[] content(Fact a, Fact b, BinaryOperator<Dim> f) {
        Dim[] x = a.content();
        Dim[] y = b.content();
        if (x == null || y == null || x.length != y.length && x.length != 1 && y.length != 1) {
            return null;
        }
        Dim[] out = new Dim[x.length == 1 ? y.length : x.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = f.apply(x[x.length == 1 ? 0 : i], y[y.length == 1 ? 0 : i]);
            if (out[i] == null) {
                return null;
            }
        }
        return out;
    }
}
