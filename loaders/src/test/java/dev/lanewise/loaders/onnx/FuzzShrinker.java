package dev.lanewise.loaders.onnx;

import dev.lanewise.loaders.onnx.FuzzModel.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Makes a model that shows a fault smaller while it shows one. */
final class FuzzShrinker {
    private FuzzShrinker() {
    }

    /**
     * The model with as few units as still have the fault; what others made becomes inputs.
     *
     * @param fault says what is wrong with a model, null where nothing is
     */
    static String smallest(FuzzModel model, Function<FuzzModel, String> fault) {
        FuzzModel smallest = model;
        for (String output : model.outputs()) {
            FuzzModel one = new FuzzModel(model.opset(), model.units(), model.leaves(), model.values(),
                    List.of(output)).live();
            if (fault.apply(one) != null) {
                smallest = one;
                break;
            }
        }
        boolean smaller = true;
        while (smaller) {
            smaller = false;
            for (Unit u : smallest.units()) {
                List<Unit> rest = new ArrayList<>(smallest.units());
                rest.remove(u);
                FuzzModel without = smallest.only(rest, smallest.outputs()).live();
                if (!without.outputs().isEmpty() && fault.apply(without) != null) {
                    smallest = without;
                    smaller = true;
                    break;
                }
            }
        }
        return fault.apply(smallest) + "\n" + smallest;
    }
}
