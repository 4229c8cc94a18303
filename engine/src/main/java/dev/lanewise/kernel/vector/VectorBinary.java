package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.BinaryFunction;
import jdk.incubator.vector.FloatVector;

/** Functions of two operands, each a range or one repeated element; one loop a function, so that each call site stays simple. */
final class VectorBinary {
    private VectorBinary() {
    }

    /** Handles whole vectors and returns how many elements are done. */
    static int apply(BinaryFunction f, float[] a, int aOffset, int aStep, float[] b, int bOffset, int bStep, float[] y,
            int yOffset,
            int n) {
        return switch (f) {
            case ADD -> add(a, aOffset, aStep, b, bOffset, bStep, y, yOffset, n);
            case SUB -> sub(a, aOffset, aStep, b, bOffset, bStep, y, yOffset, n);
            case MUL -> mul(a, aOffset, aStep, b, bOffset, bStep, y, yOffset, n);
            case DIV -> div(a, aOffset, aStep, b, bOffset, bStep, y, yOffset, n);
            case MIN -> min(a, aOffset, aStep, b, bOffset, bStep, y, yOffset, n);
            case MAX -> max(a, aOffset, aStep, b, bOffset, bStep, y, yOffset, n);
        };
    }

    private static int add(float[] a, int aOffset, int aStep, float[] b, int bOffset, int bStep, float[] y, int yOffset,
            int n) {
        int i = 0;
        if (aStep == 1 && bStep == 1) {
            for (; i <= n - L; i += L) {
                FloatVector.fromArray(S, a, aOffset + i).add(FloatVector.fromArray(S, b, bOffset + i)).intoArray(y,
                        yOffset + i);
            }
        } else if (aStep == 1 && n >= L) {
            FloatVector one = FloatVector.broadcast(S, b[bOffset]);
            for (; i <= n - L; i += L) {
                FloatVector.fromArray(S, a, aOffset + i).add(one).intoArray(y, yOffset + i);
            }
        } else if (bStep == 1 && n >= L) {
            FloatVector one = FloatVector.broadcast(S, a[aOffset]);
            for (; i <= n - L; i += L) {
                one.add(FloatVector.fromArray(S, b, bOffset + i)).intoArray(y, yOffset + i);
            }
        }
        return i;
    }

    private static int sub(float[] a, int aOffset, int aStep, float[] b, int bOffset, int bStep, float[] y, int yOffset,
            int n) {
        int i = 0;
        if (aStep == 1 && bStep == 1) {
            for (; i <= n - L; i += L) {
                FloatVector.fromArray(S, a, aOffset + i).sub(FloatVector.fromArray(S, b, bOffset + i)).intoArray(y,
                        yOffset + i);
            }
        } else if (aStep == 1 && n >= L) {
            FloatVector one = FloatVector.broadcast(S, b[bOffset]);
            for (; i <= n - L; i += L) {
                FloatVector.fromArray(S, a, aOffset + i).sub(one).intoArray(y, yOffset + i);
            }
        } else if (bStep == 1 && n >= L) {
            FloatVector one = FloatVector.broadcast(S, a[aOffset]);
            for (; i <= n - L; i += L) {
                one.sub(FloatVector.fromArray(S, b, bOffset + i)).intoArray(y, yOffset + i);
            }
        }
        return i;
    }

    private static int mul(float[] a, int aOffset, int aStep, float[] b, int bOffset, int bStep, float[] y, int yOffset,
            int n) {
        int i = 0;
        if (aStep == 1 && bStep == 1) {
            for (; i <= n - L; i += L) {
                FloatVector.fromArray(S, a, aOffset + i).mul(FloatVector.fromArray(S, b, bOffset + i)).intoArray(y,
                        yOffset + i);
            }
        } else if (aStep == 1 && n >= L) {
            FloatVector one = FloatVector.broadcast(S, b[bOffset]);
            for (; i <= n - L; i += L) {
                FloatVector.fromArray(S, a, aOffset + i).mul(one).intoArray(y, yOffset + i);
            }
        } else if (bStep == 1 && n >= L) {
            FloatVector one = FloatVector.broadcast(S, a[aOffset]);
            for (; i <= n - L; i += L) {
                one.mul(FloatVector.fromArray(S, b, bOffset + i)).intoArray(y, yOffset + i);
            }
        }
        return i;
    }

    private static int div(float[] a, int aOffset, int aStep, float[] b, int bOffset, int bStep, float[] y, int yOffset,
            int n) {
        int i = 0;
        if (aStep == 1 && bStep == 1) {
            for (; i <= n - L; i += L) {
                FloatVector.fromArray(S, a, aOffset + i).div(FloatVector.fromArray(S, b, bOffset + i)).intoArray(y,
                        yOffset + i);
            }
        } else if (aStep == 1 && n >= L) {
            FloatVector one = FloatVector.broadcast(S, b[bOffset]);
            for (; i <= n - L; i += L) {
                FloatVector.fromArray(S, a, aOffset + i).div(one).intoArray(y, yOffset + i);
            }
        } else if (bStep == 1 && n >= L) {
            FloatVector one = FloatVector.broadcast(S, a[aOffset]);
            for (; i <= n - L; i += L) {
                one.div(FloatVector.fromArray(S, b, bOffset + i)).intoArray(y, yOffset + i);
            }
        }
        return i;
    }

    private static int min(float[] a, int aOffset, int aStep, float[] b, int bOffset, int bStep, float[] y, int yOffset,
            int n) {
        int i = 0;
        if (aStep == 1 && bStep == 1) {
            for (; i <= n - L; i += L) {
                FloatVector.fromArray(S, a, aOffset + i).min(FloatVector.fromArray(S, b, bOffset + i)).intoArray(y,
                        yOffset + i);
            }
        } else if (aStep == 1 && n >= L) {
            FloatVector one = FloatVector.broadcast(S, b[bOffset]);
            for (; i <= n - L; i += L) {
                FloatVector.fromArray(S, a, aOffset + i).min(one).intoArray(y, yOffset + i);
            }
        } else if (bStep == 1 && n >= L) {
            FloatVector one = FloatVector.broadcast(S, a[aOffset]);
            for (; i <= n - L; i += L) {
                one.min(FloatVector.fromArray(S, b, bOffset + i)).intoArray(y, yOffset + i);
            }
        }
        return i;
    }

    private static int max(float[] a, int aOffset, int aStep, float[] b, int bOffset, int bStep, float[] y, int yOffset,
            int n) {
        int i = 0;
        if (aStep == 1 && bStep == 1) {
            for (; i <= n - L; i += L) {
                FloatVector.fromArray(S, a, aOffset + i).max(FloatVector.fromArray(S, b, bOffset + i)).intoArray(y,
                        yOffset + i);
            }
        } else if (aStep == 1 && n >= L) {
            FloatVector one = FloatVector.broadcast(S, b[bOffset]);
            for (; i <= n - L; i += L) {
                FloatVector.fromArray(S, a, aOffset + i).max(one).intoArray(y, yOffset + i);
            }
        } else if (bStep == 1 && n >= L) {
            FloatVector one = FloatVector.broadcast(S, a[aOffset]);
            for (; i <= n - L; i += L) {
                one.max(FloatVector.fromArray(S, b, bOffset + i)).intoArray(y, yOffset + i);
            }
        }
        return i;
    }
}
