package dev.lanewise.elastic;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A size of an elastic model: how many hidden neurons each of its blocks uses, from the first on. It holds no weights. Source of
 * the method: MatFormer (arXiv 2310.07707).
 */
public final class Submodel {
    private final String name;
    private final int[] widths;

    Submodel(String name, int[] widths) {
        this.name = name;
        this.widths = widths;
    }

    /** Its name, as {@code M}; where it has none, its widths. */
    public String name() {
        return name != null ? name : Arrays.stream(widths).mapToObj(Integer::toString).collect(Collectors.joining("-"));
    }

    public int layers() {
        return widths.length;
    }

    public int width(int layer) {
        return widths[layer];
    }

    public int[] widths() {
        return widths.clone();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Submodel other && Arrays.equals(widths, other.widths);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(widths);
    }

    @Override
    public String toString() {
        return "submodel " + name();
    }
}
