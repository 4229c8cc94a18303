package dev.lanewise.op.linear;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * An Einstein summation with the ellipsis written out: every axis of every operand carries a label. Letters stand for
 * themselves, the axes behind an ellipsis for digits, aligned at their end.
 *
 * @param operands labels of each operand's axes
 * @param output labels of the output's axes
 */
record EinsumEquation(List<String> operands, String output) {
    /** Labels of all axes: the output's first, then those that are summed, in order of first appearance. */
    String labels() {
        StringBuilder all = new StringBuilder(output);
        for (String operand : operands) {
            for (char label : operand.toCharArray()) {
                if (all.indexOf(String.valueOf(label)) < 0) {
                    all.append(label);
                }
            }
        }
        return all.toString();
    }

    /**
     * Reads an equation such as {@code ...ij,jk->...ik} for operands of the given ranks.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static EinsumEquation parse(String equation, int[] ranks) {
        String text = equation.replace(" ", "");
        int arrow = text.indexOf("->");
        String[] terms = (arrow < 0 ? text : text.substring(0, arrow)).split(",", -1);
        if (terms.length != ranks.length) {
            throw new IllegalArgumentException(terms.length + " terms for " + ranks.length + " operands");
        }
        int widest = 0;
        for (int i = 0; i < terms.length; i++) {
            int hidden = ranks[i] - (terms[i].length() - (terms[i].contains("...") ? 3 : 0));
            if (hidden < 0 || hidden > 9 || hidden > 0 && !terms[i].contains("...")) {
                throw new IllegalArgumentException("term '" + terms[i] + "' for an operand of rank " + ranks[i]);
            }
            widest = Math.max(widest, hidden);
        }
        List<String> operands = new ArrayList<>();
        for (int i = 0; i < terms.length; i++) {
            int hidden = ranks[i] - (terms[i].length() - 3);
            operands.add(check(terms[i].replace("...", digits(widest - hidden, widest))));
        }
        String output = arrow < 0 ? implied(operands, digits(0, widest))
                : check(text.substring(arrow + 2).replace("...", digits(0, widest)));
        for (int i = 0; i < output.length(); i++) {
            char label = output.charAt(i);
            if (output.indexOf(label) != i || operands.stream().noneMatch(o -> o.indexOf(label) >= 0)) {
                throw new IllegalArgumentException("output label '" + label + "' twice or in no operand");
            }
        }
        return new EinsumEquation(List.copyOf(operands), output);
    }

    private static String digits(int from, int to) {
        StringBuilder digits = new StringBuilder();
        for (int i = Math.max(0, from); i < to; i++) {
            digits.append((char) ('0' + i));
        }
        return digits.toString();
    }

    private static String check(String term) {
        for (char label : term.toCharArray()) {
            if (!(label >= 'a' && label <= 'z' || label >= 'A' && label <= 'Z' || label >= '0' && label <= '9')) {
                throw new IllegalArgumentException("'" + label + "' as a label");
            }
        }
        return term;
    }

    /** Without an arrow the output has the ellipsis and then, sorted, the labels that appear once. */
    private static String implied(List<String> operands, String ellipsis) {
        String all = String.join("", operands);
        Set<Character> once = new TreeSet<>();
        for (char label : all.toCharArray()) {
            if (Character.isLetter(label) && all.indexOf(label) == all.lastIndexOf(label)) {
                once.add(label);
            }
        }
        StringBuilder output = new StringBuilder(ellipsis);
        once.forEach(output::append);
        return output.toString();
    }
}
