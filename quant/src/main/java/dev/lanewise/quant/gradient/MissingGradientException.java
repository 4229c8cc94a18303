package dev.lanewise.quant.gradient;

import dev.lanewise.LanewiseException;

/** An operator lies between the values asked for and the output, and there is no gradient for it. */
public final class MissingGradientException extends LanewiseException {
    private final String node;
    private final String operator;

    /** @param what the operator, or the form of it, that has no gradient */
    MissingGradientException(String node, String operator, String what) {
        super("node '" + printable(node) + "' (" + operator + "): expected an operator with a gradient, found " + what
                + "; prune by activations, which needs no gradients");
        this.node = node;
        this.operator = operator;
    }

    public String node() {
        return node;
    }

    public String operator() {
        return operator;
    }
}
