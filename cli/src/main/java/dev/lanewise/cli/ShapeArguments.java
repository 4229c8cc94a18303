package dev.lanewise.cli;

import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelMetadata.Port;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shapes of the inputs as given on the command line: {@code NAME=1x128}, or {@code 1x128} for all inputs. */
final class ShapeArguments {
    static final String DESCRIPTION =
            "Shape of an input, NAME=1x128, or 1x128 for all inputs; dimensions that the model fixes need none.";

    private ShapeArguments() {
    }

    /** The shape of each input, in their order. */
    static Map<String, int[]> resolve(List<String> arguments, List<Port> inputs) {
        Map<String, int[]> named = new LinkedHashMap<>();
        int[] all = null;
        for (String argument : arguments) {
            int split = argument.lastIndexOf('=');
            int[] shape = parse(argument.substring(split + 1), argument);
            if (split < 0) {
                all = shape;
            } else {
                named.put(argument.substring(0, split), shape);
            }
        }
        List<String> names = inputs.stream().map(Port::name).toList();
        for (String name : named.keySet()) {
            if (!names.contains(name)) {
                throw new InvalidInputException("--shape", "an input out of " + names, name, "correct the name");
            }
        }
        Map<String, int[]> shapes = new LinkedHashMap<>();
        for (Port input : inputs) {
            int[] given = named.getOrDefault(input.name(), all);
            shapes.put(input.name(), given != null ? given : declared(input));
        }
        return shapes;
    }

    private static int[] declared(Port input) {
        List<Integer> dims = new ArrayList<>();
        for (String dim : input.dims() == null ? List.of("?") : input.dims()) {
            if (!dim.matches("\\d+")) {
                throw new InvalidInputException("--shape", "a shape for input " + input, "none",
                        "add --shape " + input.name() + "=...");
            }
            dims.add(Integer.parseInt(dim));
        }
        return dims.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int[] parse(String text, String argument) {
        if (!text.matches("\\d{1,9}(x\\d{1,9})*|")) {
            throw new InvalidInputException("--shape", "NAME=1x128 or 1x128", argument, "correct the option");
        }
        return text.isEmpty() ? new int[0]
                : java.util.Arrays.stream(text.split("x")).mapToInt(Integer::parseInt).toArray();
    }

    /** The shape as it is written on the command line. */
    static String text(int[] shape) {
        return String.join("x", java.util.Arrays.stream(shape).mapToObj(Integer::toString).toList());
    }
}
