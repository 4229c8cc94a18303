package dev.lanewise.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.function.ToLongFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DimTest {
    private static final Dim A = Dim.symbol("a");
    private static final Dim B = Dim.symbol("b");

    private static ToLongFunction<String> values(long a, long b) {
        return Map.of("a", a, "b", b)::get;
    }

    @Test
    void equalExpressionsAreEqualObjects() {
        assertEquals(A.plus(B).times(A.minus(B)), A.times(A).minus(B.times(B)));
        assertEquals(A.times(B).hashCode(), B.times(A).hashCode());
        assertEquals(A.times(B), B.times(A));
        assertEquals(Dim.ZERO, A.minus(A));
        assertEquals(A.times(2), A.plus(A));
        assertNotEquals(A, B);
        assertNotEquals(A.times(A), A);
    }

    @Test
    void constantsAreNumbers() {
        assertTrue(A.minus(A).plus(7).is(7));
        assertEquals(12, Dim.product(Dim.constants(3, 4)).value());
        assertTrue(Dim.product().is(1));
        assertFalse(A.isConstant());
        assertFalse(A.is(1));
        assertThrows(IllegalStateException.class, A::value);
    }

    @Test
    void divisionIsExactWhereOneTermDividesAll() {
        assertEquals(A.times(B), A.times(B).times(12).floorDiv(Dim.constant(12)));
        assertEquals(B.times(3).plus(1), A.times(B).times(3).plus(A).floorDiv(A));
        assertEquals(A, A.floorDiv(Dim.ONE));
        assertEquals(Dim.ONE, A.plus(B).floorDiv(A.plus(B)));
        assertEquals(Dim.constant(-3), Dim.constant(-5).floorDiv(Dim.constant(2)));
    }

    @Test
    void otherDivisionIsEvaluatedLater() {
        Dim half = A.floorDiv(Dim.constant(2));
        assertEquals(3, half.eval(values(7, 1)));
        assertEquals(half, A.floorDiv(Dim.constant(2)));
        assertEquals(4, A.ceilDiv(2).eval(values(7, 1)));
        assertEquals(2, A.times(2).plus(1).floorDiv(B).eval(values(3, 3)));
    }

    @Test
    void divisionByZeroIsZero() {
        assertEquals(0, A.floorDiv(B).eval(values(5, 0)));
        assertEquals(0, Dim.constant(5).floorDiv(Dim.ZERO).eval(values(1, 1)));
    }

    @Test
    void minimumAndMaximum() {
        assertEquals(3, A.min(B).eval(values(3, 5)));
        assertEquals(5, A.max(B).eval(values(3, 5)));
        assertEquals(A, A.max(A));
        assertEquals(Dim.constant(2), Dim.constant(2).min(Dim.constant(9)));
    }

    @Test
    void boundsHoldForAllPositiveSymbols() {
        assertTrue(A.isAtLeast(1));
        assertFalse(A.isAtLeast(2));
        assertTrue(A.times(B).times(3).isAtLeast(3));
        assertTrue(A.plus(B).isAtLeast(2));
        assertFalse(A.minus(B).isAtLeast(-100));
        assertTrue(A.floorDiv(Dim.constant(2)).isAtLeast(0));
        assertFalse(A.floorDiv(Dim.constant(2)).isAtLeast(1));
        assertTrue(A.max(Dim.constant(8)).isAtLeast(8));
        assertFalse(A.min(Dim.constant(8)).isAtLeast(2));
    }

    @Test
    void overflowIsAnError() {
        Dim huge = Dim.constant(1L << 62);
        assertThrows(ArithmeticException.class, () -> huge.times(4));
        assertThrows(ArithmeticException.class, () -> huge.plus(huge));
        Dim cube = A.times(A).times(A);
        assertThrows(ArithmeticException.class, () -> cube.eval(values(1L << 31, 0)));
        assertThrows(ArithmeticException.class, () -> A.plus(B).eval(values(Long.MAX_VALUE, 1)));
    }

    /** Names come from model files and may be any text. */
    @Test
    void namesAreNotTakenForExpressions() {
        assertNotEquals(A.times(B), Dim.symbol("a, b"));
        Dim sum = A.times(B).plus(Dim.symbol("a, b"));
        assertEquals(6 + 100, sum.eval(Map.of("a", 2L, "b", 3L, "a, b", 100L)::get));
        Dim text = Dim.symbol("min(a,b)");
        assertEquals(2 + 50, A.min(B).plus(text).eval(Map.of("a", 2L, "b", 3L, "min(a,b)", 50L)::get));
        assertFalse(Dim.symbol("3").isConstant());
    }

    /** An expression with the value that plain arithmetic gives it. */
    record Expression(Dim dim, long value) {
        Expression with(int operation, Expression other) {
            return switch (operation) {
                case 0 -> new Expression(dim.plus(other.dim), value + other.value);
                case 1 -> new Expression(dim.minus(other.dim), value - other.value);
                case 2 -> new Expression(dim.times(other.dim), value * other.value);
                case 3 -> new Expression(dim.min(other.dim), Math.min(value, other.value));
                case 4 -> new Expression(dim.max(other.dim), Math.max(value, other.value));
                default -> other.value == 0 ? this
                        : new Expression(dim.floorDiv(other.dim), Math.floorDiv(value, other.value));
            };
        }
    }

    private static final long[] SYMBOLS = {1, 2, 7};

    @Provide
    Arbitrary<Expression> expressions() {
        Arbitrary<Expression> leaves = Arbitraries.oneOf(
                Arbitraries.longs().between(-4, 9).map(v -> new Expression(Dim.constant(v), v)),
                Arbitraries.integers().between(0, 2).map(i -> new Expression(Dim.symbol("s" + i), SYMBOLS[i])));
        return Arbitraries.recursive(() -> leaves,
                inner -> net.jqwik.api.Combinators.combine(inner, Arbitraries.integers().between(0, 5), leaves)
                        .as((e, operation, f) -> e.with(operation, f)),
                0, 5);
    }

    private static long evaluate(Dim d) {
        return d.eval(name -> SYMBOLS[Integer.parseInt(name.substring(1))]);
    }

    @Property(tries = 500)
    void evaluationIsAHomomorphism(@ForAll("expressions") Expression a, @ForAll("expressions") Expression b,
            @ForAll @IntRange(min = 0, max = 5) int operation) {
        assertEquals(a.value, evaluate(a.dim));
        Expression c = a.with(operation, b);
        assertEquals(c.value, evaluate(c.dim), () -> a.dim + " and " + b.dim + " gave " + c.dim);
    }

    @Property(tries = 300)
    void sumsAndProductsAreCanonical(@ForAll("expressions") Expression a, @ForAll("expressions") Expression b,
            @ForAll("expressions") Expression c) {
        assertEquals(a.dim.plus(b.dim), b.dim.plus(a.dim));
        assertEquals(a.dim.times(b.dim), b.dim.times(a.dim));
        assertEquals(a.dim.times(b.dim.plus(c.dim)), a.dim.times(b.dim).plus(a.dim.times(c.dim)));
        assertEquals(a.dim, a.dim.plus(b.dim).minus(b.dim));
    }

    @Property(tries = 300)
    void lowerBoundsHold(@ForAll("expressions") Expression a, @ForAll @IntRange(min = -50, max = 50) int bound) {
        assertTrue(!a.dim.isAtLeast(bound) || a.value >= bound, () -> a.dim + " = " + a.value + " below " + bound);
    }
}
