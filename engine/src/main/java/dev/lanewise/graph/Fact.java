package dev.lanewise.graph;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * What is known of a value before a run.
 *
 * @param type element type
 * @param shape dimensions, or null where they depend on data that only a run knows
 * @param constant the value itself, or null
 * @param content the elements of a small integer or BOOL tensor of rank 0 or 1 as expressions, or null; this is how
 *        {@code Shape → Gather → Concat → Reshape} chains are followed
 * @param element what is known of the elements of a SEQUENCE or OPTIONAL, each and all; else null
 */
public record Fact(DataType type, Dim[] shape, Tensor constant, Dim[] content, Fact element) {
    /** Integer tensors up to this size have their content followed. */
    public static final int LONGEST_CONTENT = 64;

    public Fact(DataType type, Dim[] shape, Tensor constant, Dim[] content) {
        this(type, shape, constant, content, null);
    }

    /** A sequence of any length, whose elements may have any shapes. */
    public static Fact sequence(Fact element) {
        return new Fact(DataType.SEQUENCE, null, null, null, element.withoutShape());
    }

    public static Fact optional(Fact element) {
        return new Fact(DataType.OPTIONAL, null, null, null, element.withoutShape());
    }

    public static Fact of(DataType type, Dim... shape) {
        return new Fact(type, shape, null, null);
    }

    /** A value whose shape depends on data. */
    public static Fact unknown(DataType type) {
        return new Fact(type, null, null, null);
    }

    public static Fact constant(Tensor value) {
        Dim[] content = null;
        if ((value.type().isInteger() || value.type() == DataType.BOOL) && value.rank() <= 1
                && value.size() <= LONGEST_CONTENT) {
            content = Dim.constants(value.asLongs());
        }
        Dim[] shape = Dim.constants(value.shape());
        return new Fact(value.type(), shape, value, content != null && isIn(value.type(), content) ? content : null);
    }

    /** The type alone, that of elements included. */
    public Fact withoutShape() {
        return element == null ? unknown(type) : new Fact(type, null, null, null, element.withoutShape());
    }

    /** Whether values of both are of one type, that of elements included. */
    public boolean isOfType(Fact other) {
        return type == other.type && (element == null ? other.element == null
                : other.element != null && element.isOfType(other.element));
    }

    /** Whether a value is of this type, that of elements included; shapes are not looked at. */
    public boolean admits(Tensor value) {
        return value.type() == type
                && (element == null || value.elements().stream().allMatch(element::admits));
    }

    /** What holds for values of both facts, which are of one type: their shape where it is the same. */
    public Fact common(Fact other) {
        if (element != null) {
            return new Fact(type, null, null, null, element.common(other.element));
        }
        return Arrays.equals(shape, other.shape) ? new Fact(type, shape, null, null) : unknown(type);
    }

    /**
     * The same with its elements known as expressions; dropped where there are too many, the rank is above 1, or one of them is not
     * what the type would hold.
     */
    public Fact withContent(Dim[] elements) {
        boolean fits = elements != null && shape != null && shape.length <= 1 && elements.length <= LONGEST_CONTENT
                && isIn(type, elements);
        return fits ? new Fact(type, shape, constant, elements) : this;
    }

    /** The same for computed elements; numbers that overflow wrap when they are computed, so they are not followed. */
    public Fact withContent(Supplier<Dim[]> elements) {
        try {
            return withContent(elements.get());
        } catch (ArithmeticException overflow) {
            return this;
        }
    }

    /** Whether the constant ones among some elements are in the range of a type; of UINT64, in that of INT64. */
    private static boolean isIn(DataType type, Dim[] elements) {
        int bits = Math.min(type.bits() - (type.isUnsigned() ? 0 : 1), Long.SIZE - 1);
        long last = type == DataType.BOOL ? 1 : bits == Long.SIZE - 1 ? Long.MAX_VALUE : (1L << bits) - 1;
        long first = type.isUnsigned() || type == DataType.BOOL ? 0 : -last - 1;
        return Arrays.stream(elements).allMatch(d -> !d.isConstant() || d.value() >= first && d.value() <= last);
    }

    public boolean hasShape() {
        return shape != null;
    }

    public int rank() {
        return shape.length;
    }

    /** Number of elements as an expression. */
    public Dim size() {
        return Dim.product(shape);
    }

    /** Whether every dimension is a number. */
    public boolean isConcrete() {
        return shape != null && Arrays.stream(shape).allMatch(Dim::isConstant);
    }

    @Override
    public String toString() {
        return element != null ? type + "(" + element + ")"
                : type + (shape == null ? "[?]" : Arrays.toString(shape).replace(" ", ""));
    }
}
