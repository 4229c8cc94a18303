package dev.lanewise.kernel;

import dev.lanewise.kernel.KernelCase.Inputs;
import java.util.List;

/** Kernels of weights in groups: in 4 and 8 bits, groups that end at the matrix and within it, with and without zeros. */
final class GroupCases {
    private static final int PANEL = PackedMatrix.PANEL;
    private static final int PANELS = 3;

    private GroupCases() {
    }

    static void add(List<KernelCase> cases) {
        for (int bits : new int[] {4, 8}) {
            for (int group : new int[] {32, 8, 100, 10}) {
                String form = bits + " bits, groups of " + group;
                if (group != 10) {
                    cases.add(new KernelCase("gemvGroups " + form, (kernels, in) -> {
                        PackedGroups w = weights(in, bits, group, false);
                        float[] c = in.floats(in.at(1) + PANELS * PANEL + 3);
                        int first = in.n() % 2;
                        kernels.gemvGroups(w, first, PANELS - in.n() % 3, in.operand(0), in.at(0), c, in.at(1));
                        return new Object[] {c};
                    }));
                }
                for (boolean zeros : new boolean[] {false, true}) {
                    cases.add(new KernelCase("groupsToFloat " + form + (zeros ? " with zeros" : ""), (kernels, in) -> {
                        PackedGroups w = weights(in, bits, group, zeros);
                        int first = in.n() / 3;
                        float[] y = in.floats(in.at(1) + in.n() * PANEL + 3);
                        kernels.groupsToFloat(w, in.n() % PANELS, first, in.n() - first, y, in.at(1));
                        return new Object[] {y};
                    }));
                }
            }
        }
    }

    /** A part of a matrix with more rows. */
    private static PackedGroups weights(Inputs in, int bits, int group, boolean zeros) {
        int k = in.n();
        int rows = k + 3;
        int groups = Math.ceilDiv(rows, group);
        float[] scales = new float[PackedMatrix.FIRST + PANELS * groups * PANEL];
        float[] offsets = zeros ? new float[scales.length] : null;
        for (int i = 0; i < scales.length; i++) {
            scales[i] = (float) in.random().nextDouble(1e-4, 2);
            if (zeros) {
                offsets[i] = in.random().nextInt(-(1 << bits), 1 << bits);
            }
        }
        byte[] data = new byte[PackedInt8Matrix.FIRST + PANELS * rows * PANEL * bits / 8];
        in.random().nextBytes(data);
        return new PackedGroups(k, PANELS * PANEL, rows, bits, group, data, scales, offsets);
    }
}
