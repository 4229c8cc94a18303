package dev.lanewise.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * A dimension: an integer polynomial over symbols such as {@code batch_size}, kept in canonical form, so equal expressions
 * are equal objects. What is no polynomial (floor division, minimum, maximum) is an opaque atom of one.
 */
public final class Dim {
    public static final Dim ZERO = constant(0);
    public static final Dim ONE = constant(1);

    /** An indivisible factor. */
    private sealed interface Atom {
        long eval(ToLongFunction<String> symbols);

        /** A lower bound with every symbol 1 or more; {@code UNBOUNDED} where there is none. */
        long least();
    }

    private record Symbol(String name) implements Atom {
        @Override
        public long eval(ToLongFunction<String> symbols) {
            return symbols.applyAsLong(name);
        }

        @Override
        public long least() {
            return 1;
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Symbol other && name.equals(other.name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final long UNBOUNDED = Long.MIN_VALUE;

    private enum Function {
        FLOOR_DIV, MIN, MAX
    }

    private record Call(Function function, Dim a, Dim b) implements Atom {
        @Override
        public long eval(ToLongFunction<String> symbols) {
            long x = a.eval(symbols);
            long y = b.eval(symbols);
            return switch (function) {
                case FLOOR_DIV -> y == 0 ? 0 : Math.floorDiv(x, y);
                case MIN -> Math.min(x, y);
                case MAX -> Math.max(x, y);
            };
        }

        @Override
        public long least() {
            long x = a.least();
            long y = b.least();
            return switch (function) {
                case FLOOR_DIV -> x >= 0 && y > 0 ? b.isConstant() ? x / y : 0 : UNBOUNDED;
                case MIN -> Math.min(x, y);
                case MAX -> Math.max(x, y);
            };
        }

        @Override
        public String toString() {
            return switch (function) {
                case FLOOR_DIV -> "(" + a + ")/(" + b + ")";
                case MIN -> "min(" + a + "," + b + ")";
                case MAX -> "max(" + a + "," + b + ")";
            };
        }
    }

    /**
     * Coefficient times atoms, which are sorted by their text. (What a record brings for equality is linked at its first use,
     * which a cold start would wait for.)
     */
    private record Term(long coefficient, List<Atom> atoms) {
        @Override
        public boolean equals(Object o) {
            return o instanceof Term other && coefficient == other.coefficient && atoms.equals(other.atoms);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(coefficient) * 31 + atoms.hashCode();
        }
    }

    /** Terms under construction: coefficients by atoms, not by their text, since a name may be any text. */
    private static final class Sum {
        private final Map<List<Atom>, Long> coefficients = new HashMap<>();

        void add(long coefficient, List<Atom> atoms) {
            Long known = coefficients.get(atoms);
            coefficients.put(atoms, known == null ? coefficient : Math.addExact(known, coefficient));
        }

        Dim dim() {
            List<Term> terms = new ArrayList<>();
            for (Map.Entry<List<Atom>, Long> e : coefficients.entrySet()) {
                if (e.getValue() != 0) {
                    terms.add(new Term(e.getValue(), e.getKey()));
                }
            }
            if (terms.size() > 1) {
                terms.sort(Comparator.comparing(t -> t.atoms.toString()));
            }
            return new Dim(terms.toArray(new Term[0]));
        }
    }

    private final Term[] terms;
    private final int hash;

    private Dim(Term[] terms) {
        this.terms = terms;
        this.hash = Arrays.hashCode(terms);
    }

    public static Dim constant(long value) {
        return new Dim(value == 0 ? new Term[0] : new Term[] {new Term(value, List.of())});
    }

    public static Dim symbol(String name) {
        return atom(new Symbol(name));
    }

    private static Dim atom(Atom atom) {
        return new Dim(new Term[] {new Term(1, List.of(atom))});
    }

    public static Dim[] constants(int... values) {
        Dim[] dims = new Dim[values.length];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = constant(values[i]);
        }
        return dims;
    }

    public static Dim[] constants(long... values) {
        Dim[] dims = new Dim[values.length];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = constant(values[i]);
        }
        return dims;
    }

    public boolean isConstant() {
        return terms.length == 0 || terms.length == 1 && terms[0].atoms.isEmpty();
    }

    /** The value of a constant; an error for anything else. */
    public long value() {
        if (!isConstant()) {
            throw new IllegalStateException(this + " is not a constant");
        }
        return terms.length == 0 ? 0 : terms[0].coefficient;
    }

    public boolean is(long value) {
        return isConstant() && value() == value;
    }

    /** Whether this is {@code bound} or more for all values of the symbols, each of which is 1 or more. */
    public boolean isAtLeast(long bound) {
        return least() >= bound && (least() != UNBOUNDED || bound == UNBOUNDED);
    }

    private long least() {
        long sum = 0;
        for (Term t : terms) {
            if (t.atoms.isEmpty()) {
                sum = saturate(sum, t.coefficient);
                continue;
            }
            long product = t.coefficient;
            for (Atom a : t.atoms) {
                long least = a.least();
                if (t.coefficient < 0 || least < 0 || product > Long.MAX_VALUE / Math.max(least, 1)) {
                    return UNBOUNDED;
                }
                product *= least;
            }
            sum = saturate(sum, product);
        }
        return sum;
    }

    private static long saturate(long a, long b) {
        long sum = a + b;
        return ((a ^ sum) & (b ^ sum)) < 0 ? (a < 0 ? UNBOUNDED : Long.MAX_VALUE) : sum;
    }

    public Dim plus(Dim other) {
        if (isConstant() && other.isConstant()) {
            return constant(Math.addExact(value(), other.value()));
        }
        return sum(terms, other.terms, 1);
    }

    public Dim minus(Dim other) {
        return sum(terms, other.terms, -1);
    }

    public Dim plus(long other) {
        return plus(constant(other));
    }

    private static Dim sum(Term[] left, Term[] right, long sign) {
        Sum sum = new Sum();
        for (Term t : left) {
            sum.add(t.coefficient, t.atoms);
        }
        for (Term t : right) {
            sum.add(Math.multiplyExact(sign, t.coefficient), t.atoms);
        }
        return sum.dim();
    }

    public Dim times(Dim other) {
        if (is(1) || other.is(1)) {
            return is(1) ? other : this;
        }
        if (isConstant() && other.isConstant()) {
            return constant(Math.multiplyExact(value(), other.value()));
        }
        Sum sum = new Sum();
        for (Term a : terms) {
            for (Term b : other.terms) {
                List<Atom> atoms = new ArrayList<>(a.atoms);
                atoms.addAll(b.atoms);
                if (atoms.size() > 1) {
                    atoms.sort(Comparator.comparing(Atom::toString));
                }
                sum.add(Math.multiplyExact(a.coefficient, b.coefficient), List.copyOf(atoms));
            }
        }
        return sum.dim();
    }

    public Dim times(long other) {
        return times(constant(other));
    }

    /** Floor division; exact where the divisor is one term that divides every term of this. */
    public Dim floorDiv(Dim divisor) {
        if (divisor.is(1)) {
            return this;
        }
        if (equals(divisor)) {
            return ONE;
        }
        if (isConstant() && divisor.isConstant() && divisor.value() != 0) {
            return constant(Math.floorDiv(value(), divisor.value()));
        }
        if (divisor.terms.length == 1) {
            Dim exact = divideExactly(divisor.terms[0]);
            if (exact != null) {
                return exact;
            }
        }
        return atom(new Call(Function.FLOOR_DIV, this, divisor));
    }

    private Dim divideExactly(Term divisor) {
        Sum sum = new Sum();
        for (Term t : terms) {
            if (t.coefficient % divisor.coefficient != 0) {
                return null;
            }
            List<Atom> atoms = new ArrayList<>(t.atoms);
            for (Atom a : divisor.atoms) {
                if (!atoms.remove(a)) {
                    return null;
                }
            }
            sum.add(t.coefficient / divisor.coefficient, List.copyOf(atoms));
        }
        return sum.dim();
    }

    /** ceil(this / divisor) for a positive divisor. */
    public Dim ceilDiv(long divisor) {
        return plus(divisor - 1).floorDiv(constant(divisor));
    }

    public Dim min(Dim other) {
        return equals(other) ? this
                : isConstant() && other.isConstant() ? constant(Math.min(value(), other.value()))
                : atom(new Call(Function.MIN, this, other));
    }

    public Dim max(Dim other) {
        return equals(other) ? this
                : isConstant() && other.isConstant() ? constant(Math.max(value(), other.value()))
                : atom(new Call(Function.MAX, this, other));
    }

    /** Product of all; 1 for none. */
    public static Dim product(Dim... dims) {
        Dim p = ONE;
        for (Dim d : dims) {
            p = p.times(d);
        }
        return p;
    }

    /** The value under an assignment of the symbols; the sum and products are checked for overflow. */
    public long eval(ToLongFunction<String> symbols) {
        long sum = 0;
        for (Term t : terms) {
            long product = t.coefficient;
            for (int i = 0; i < t.atoms.size(); i++) {
                product = Math.multiplyExact(product, t.atoms.get(i).eval(symbols));
            }
            sum = Math.addExact(sum, product);
        }
        return sum;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Dim d && hash == d.hash && Arrays.equals(terms, d.terms);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        if (terms.length == 0) {
            return "0";
        }
        StringBuilder out = new StringBuilder();
        for (Term t : terms) {
            if (!out.isEmpty()) {
                out.append('+');
            }
            if (t.coefficient != 1 || t.atoms.isEmpty()) {
                out.append(t.coefficient);
                out.append(t.atoms.isEmpty() ? "" : "*");
            }
            for (int i = 0; i < t.atoms.size(); i++) {
                out.append(i == 0 ? "" : "*").append(t.atoms.get(i));
            }
        }
        return out.toString();
    }
}
