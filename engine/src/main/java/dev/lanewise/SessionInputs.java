package dev.lanewise;

import dev.lanewise.elastic.Elastic;
import dev.lanewise.elastic.Submodel;
import dev.lanewise.exec.Plan;
import dev.lanewise.graph.Dim;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The tensors of the request at hand in the order of the model's inputs, checked, and the sizes that they give to symbols. */
final class SessionInputs {
    private final List<Plan.InputType> types;
    private final List<String> symbols;
    private final Tensor[] tensors;
    private final long[] symbolValues;
    /** Null where the model has one size. */
    private final Elastic elastic;
    private final long[] widths;

    SessionInputs(Plan symbolic, Elastic elastic) {
        this.elastic = elastic;
        this.widths = new long[elastic == null ? 0 : elastic.layers().size()];
        this.types = symbolic.inputTypes();
        this.symbols = symbolic.symbols();
        this.tensors = new Tensor[types.size()];
        this.symbolValues = new long[symbols.size()];
    }

    Tensor[] tensors() {
        return tensors;
    }

    /** A size for each symbol of the symbolic plan; -1 where no input has it. */
    long[] symbolValues() {
        return symbolValues;
    }

    /** The widths alone: the values of the symbols of a plan for exact shapes. */
    long[] widths() {
        return widths;
    }

    /** @param submodel null for the whole model */
    void read(Map<String, Tensor> given, Submodel submodel) {
        for (int i = 0; i < tensors.length; i++) {
            Plan.InputType type = types.get(i);
            Tensor t = given.get(type.name());
            if (t == null) {
                throw new InvalidInputException(type.name(), describe(type),
                        "no tensor of that name among " + given.keySet(), "give every input");
            }
            if (t.type() != type.type() || type.shape() != null && t.rank() != type.shape().length) {
                throw new InvalidInputException(type.name(), describe(type), t.toString(), "convert or reshape it");
            }
            if (!t.type().isElement() && !type.fact().admits(t)) {
                throw new InvalidInputException(type.name(), type.fact().toString(), t.type() + " of " + t.elements(),
                        "give elements of that type");
            }
            tensors[i] = t;
        }
        if (given.size() > tensors.length) {
            throw new InvalidInputException(null, "inputs " + types.stream().map(Plan.InputType::name).toList(),
                    given.keySet().toString(), "leave out the others");
        }
        readSymbols();
        readWidths(submodel);
    }

    /** The symbols of widths are the last. */
    private void readWidths(Submodel submodel) {
        if (elastic == null) {
            if (submodel != null) {
                throw new InvalidInputException("submodel", "none", submodel.toString(),
                        "load the model with LoadOptions.withGranularities");
            }
            return;
        }
        Submodel chosen = submodel == null ? elastic.full() : submodel;
        elastic.check(chosen);
        for (int i = 0; i < widths.length; i++) {
            widths[i] = chosen.width(i);
        }
        System.arraycopy(widths, 0, symbolValues, symbolValues.length - widths.length, widths.length);
    }

    /** Gives each symbol the size it has in the inputs; one symbol has one size. */
    private void readSymbols() {
        Arrays.fill(symbolValues, -1);
        for (int i = 0; i < tensors.length; i++) {
            Dim[] shape = types.get(i).shape();
            for (int d = 0; shape != null && d < shape.length; d++) {
                int size = tensors[i].dim(d);
                int symbol = shape[d].isConstant() ? -1 : symbols.indexOf(shape[d].toString());
                if (symbol >= 0 && symbolValues[symbol] < 0) {
                    symbolValues[symbol] = size;
                } else if (size != (symbol < 0 ? shape[d].value() : symbolValues[symbol])) {
                    throw new InvalidInputException(types.get(i).name(), describe(types.get(i))
                            + (symbol < 0 ? ""
                                    : " with " + shape[d] + " = " + symbolValues[symbol] + " as in another input"),
                            tensors[i].toString(), "give inputs of shapes that agree");
                }
            }
        }
    }

    private static String describe(Plan.InputType type) {
        return type.type() + (type.shape() == null ? "" : Arrays.toString(type.shape()));
    }

    /** Lets go of the tensors of the caller. */
    void release() {
        Arrays.fill(tensors, null);
    }
}
