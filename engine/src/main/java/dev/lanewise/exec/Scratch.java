package dev.lanewise.exec;

/** Memory for the tiles of a step, an array for each worker; grown when a step needs more, never shrunk. */
final class Scratch {
    private final float[][] arrays;

    Scratch(int workers) {
        this.arrays = new float[workers][0];
    }

    void need(int floats) {
        for (int w = 0; w < arrays.length; w++) {
            if (arrays[w].length < floats) {
                arrays[w] = new float[floats];
            }
        }
    }

    float[] of(int worker) {
        return arrays[worker];
    }
}
