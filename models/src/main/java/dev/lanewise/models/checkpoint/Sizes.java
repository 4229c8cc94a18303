package dev.lanewise.models.checkpoint;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Model;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The sizes of a vision transformer that its multiply-adds follow from; a property of the model.
 *
 * @param tokens of an image, class token included
 * @param patch numbers of one patch
 * @param widths hidden values of each layer's feed-forward block; with modules those of each module, all learners together
 * @param learners of each module; 0 without modules
 * @param choices of a layer's gates, by module; empty without modules
 * @param fixed learners of each token, 0 for what the gates choose
 * @param sampling layers that sample tokens
 * @param exits layers with a head behind them
 * @param leave whether samples leave there
 */
record Sizes(int tokens, int size, int patch, int classes, List<Integer> widths, int learners, List<Integer> choices,
        int fixed, List<Integer> sampling, List<Integer> exits, boolean leave) {
    int layers() {
        return learners == 0 ? widths.size() : widths.size() / choices.size();
    }

    Sizes at(List<Integer> others) {
        return new Sizes(tokens, size, patch, classes, others, learners, choices, fixed, sampling, exits, leave);
    }

    /** {@code key=1,2,3} for each component, apart by spaces. */
    String toText() {
        return "tokens=" + tokens + " size=" + size + " patch=" + patch + " classes=" + classes + " widths="
                + text(widths) + " learners=" + learners + " choices=" + text(choices) + " fixed=" + fixed
                + " sampling=" + text(sampling) + " exits=" + text(exits) + " leave=" + (leave ? 1 : 0);
    }

    private static String text(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    static Sizes of(Model model) {
        String text = model.metadata().properties().get(Spending.PROPERTY);
        if (text == null) {
            throw new InvalidInputException("model", "a vision transformer loaded from its checkpoint's folder",
                    model.name(), "load the folder with config.json");
        }
        Map<String, List<Integer>> numbers = new HashMap<>();
        for (String entry : text.split(" ")) {
            String[] sides = entry.split("=", 2);
            numbers.put(sides[0], sides[1].isEmpty() ? List.of()
                    : Arrays.stream(sides[1].split(",")).map(Integer::valueOf).toList());
        }
        return new Sizes(one(numbers, "tokens"), one(numbers, "size"), one(numbers, "patch"), one(numbers, "classes"),
                numbers.get("widths"), one(numbers, "learners"), numbers.get("choices"), one(numbers, "fixed"),
                numbers.get("sampling"), numbers.get("exits"), one(numbers, "leave") == 1);
    }

    private static int one(Map<String, List<Integer>> numbers, String key) {
        return numbers.get(key).getFirst();
    }
}
