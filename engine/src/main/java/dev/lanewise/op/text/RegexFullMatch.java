package dev.lanewise.op.text;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * ONNX RegexFullMatch-20: BOOL, whether the whole of each string matches a regular expression.
 *
 * @param pattern in the syntax that RE2 and {@link Pattern} share
 */
public record RegexFullMatch(String pattern) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, DataType.STRING);
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw in.error("a regular expression", e.getDescription() + " at character " + e.getIndex(),
                    "correct the pattern");
        } catch (StackOverflowError deep) {
            throw in.error("a regular expression", "one nested too deep", "simplify the pattern");
        }
        return List.of(new Fact(DataType.BOOL, in.shape(0), null, null));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Pattern compiled = Pattern.compile(pattern);
        boolean[] matches = new boolean[inputs[0].size()];
        for (int i = 0; i < matches.length; i++) {
            matches[i] = matches(compiled, inputs[0].strings()[i]);
        }
        return new Tensor[] {Tensor.of(matches, inputs[0].shape())};
    }

    /** The matcher calls itself for each repetition of a group, so a long text may exhaust the stack. */
    private static boolean matches(Pattern compiled, String text) {
        try {
            return compiled.matcher(new GuardedText(text)).matches();
        } catch (StackOverflowError deep) {
            throw new InvalidInputException(null, "a text that the expression matches without deep recursion",
                    text.length() + " characters", "simplify the pattern, or split the text");
        }
    }
}
