package dev.lanewise.graph;

import dev.lanewise.InvalidInputException;
import dev.lanewise.LanewiseException;
import dev.lanewise.Tensor;
import java.util.function.Supplier;

/**
 * Calls an operator's reference evaluation. What its own checks have missed in the data is an error of the input all the same, with the
 * node named.
 */
public final class Evaluation {
    private Evaluation() {
    }

    /** @throws InvalidInputException where the operator cannot take these inputs */
    public static Tensor[] of(Node node, Tensor[] inputs) {
        return of(node, () -> node.operator().evaluate(inputs));
    }

    /** The same for an evaluation that takes more than inputs. */
    public static Tensor[] of(Node node, Supplier<Tensor[]> evaluation) {
        try {
            return evaluation.get();
        } catch (ArithmeticException | IndexOutOfBoundsException | NegativeArraySizeException | NullPointerException
                | IllegalArgumentException | IllegalStateException | ClassCastException e) {
            InvalidInputException error = new InvalidInputException(LanewiseException.printable(node.name()),
                    "inputs that fit " + node.operator().name(),
                    e instanceof ArithmeticException ? "numbers that overflow" : e.toString(),
                    "check the node and what it is given");
            error.initCause(e);
            throw error;
        }
    }
}
