package dev.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Holds docs/operator-table.md to what the code does; {@code -Dlanewise.operator-table=write} writes it. */
class OperatorTableTest {
    private static final String ABOUT =
            """
                            # Supported operators, one by one

                            Made from the code, and held to it by a test:

                                mvn verify -pl loaders -am -Dtest=OperatorTableTest -Dsurefire.failIfNoSpecifiedTests=false \\
                                    -Dlanewise.operator-table=write

                            Each row is what a few random nodes of the operator showed when they were loaded, compiled and run, the first input given by
                            the run and the others constants of the model where the operator takes that. By family, with what is refused: [operators.md](operators.md).

                            - *Operator sets*: those of `ai.onnx` in which random graphs hold the operator against ONNX Runtime
                              ([report](reports/differential-fuzzing.md)), which ends at 25. The importers read operator sets 1 to %d, and do not check that an
                              operator was there already. "Not compared": ONNX Runtime does not have it, and the number is the sample's.
                            - *Types by input*: element types with which a node loads and runs; the standard may allow fewer. `floats` are FLOAT, DOUBLE,
                              FLOAT16 and BFLOAT16; `integers` those of 8 to 64 bits; `narrow integers` those of 4 and 2 bits; `float8` E4M3 and E5M2, with
                              and without infinities. Empty where samples read only what other nodes make.
                            - *Runs on*, by the type of the first input, the best that a sample came to: `vector kernel`: steps that call kernels, all of
                      which have a vector and a scalar form; `scalar step`: a loop of its own in plain Java; `its graphs' plans`; `reference`:
                      the operator's definition, in plain Java, which allocates; `no work`, where that is so of all samples: a view of what is
                      there, or known at load. Nodes in a model may be fused into others, and run their reference where shapes depend on data.
                    - *Notes*: the engine's operators that the node is read as, where they are others.

                            """
                    .formatted(OpsetImports.NEWEST);
    private static final Path TABLE = Path.of("..", "docs", "operator-table.md");

    @Test
    void isWhatTheCodeDoes() throws Exception {
        OperatorSamples samples = new OperatorSamples();
        Set<OperatorNames.Name> names = OperatorNames.all();
        assertEquals(List.of(), names.stream().filter(n -> samples.of(n).isEmpty()).toList(),
                "operators without a sample: add a recipe to the random graphs, or a node to OperatorSamples");
        String due = ABOUT + OperatorTable.text(names, samples);
        if ("write".equals(System.getProperty("lanewise.operator-table"))) {
            Files.writeString(TABLE, due);
        }
        assertEquals(due, Files.readString(TABLE), "docs/operator-table.md is not current; write it by"
                + " mvn verify -pl loaders -am -Dtest=OperatorTableTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dlanewise.operator-table=write");
    }
}
