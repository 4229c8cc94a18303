package dev.lanewise.elastic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Choosing a submodel: names, widths, budgets. */
class ElasticTest {
    /** Sixteen blocks as in the paper's table: d 1536, widths 768, 1536, 3072, 6144. */
    static Elastic paper() {
        List<HiddenLayer> layers = java.util.stream.IntStream.range(0, 16)
                .mapToObj(i -> new HiddenLayer("w" + i, "ffn" + i, 6144, 2 * 1536)).toList();
        return new Elastic(layers, List.of(0.125, 0.25, 0.5, 1.0), 1_000_000, 2_000_000);
    }

    @Test
    void mixesTwoNeighboursTheWiderOnesLast() {
        Elastic elastic = paper();
        long parameters = 2_000_000 + (16L * 1536 + 4 * 1536) * 2 * 1536;
        int[] widths = elastic.choose(Budget.parameters(parameters)).widths();
        int[] expected = new int[16];
        java.util.Arrays.fill(expected, 0, 12, 1536);
        java.util.Arrays.fill(expected, 12, 16, 3072);
        assertArrayEquals(expected, widths);
        assertEquals(parameters, elastic.parameters(elastic.widths(widths)));
    }

    @Test
    void theWiderOnesFirstWhereTheModelAsksForIt() {
        Elastic elastic = paper().mixing(MixOrder.FIRST_BLOCKS);
        long parameters = 2_000_000 + (16L * 1536 + 4 * 1536) * 2 * 1536;
        int[] expected = new int[16];
        java.util.Arrays.fill(expected, 0, 4, 3072);
        java.util.Arrays.fill(expected, 4, 16, 1536);
        assertArrayEquals(expected, elastic.choose(Budget.parameters(parameters)).widths());
        assertEquals(paper().mixes().stream().map(elastic::compute).toList(),
                elastic.mixes().stream().map(elastic::compute).toList());
    }

    @Test
    void aLargerBudgetNeverGivesLess() {
        Elastic elastic = paper();
        double before = 0;
        for (double share = 0.13; share <= 1.1; share += 0.01) {
            Submodel chosen = elastic.choose(Budget.compute(share));
            assertTrue(elastic.compute(chosen) <= share && elastic.compute(chosen) >= before);
            for (int i = 1; i < chosen.layers(); i++) {
                assertTrue(chosen.width(i) >= chosen.width(i - 1));
            }
            before = elastic.compute(chosen);
        }
        assertEquals(elastic.full(), elastic.choose(Budget.compute(1)));
    }

    @Test
    void namesAndWidths() {
        Elastic elastic = paper();
        assertEquals(List.of("S", "M", "L", "XL"), elastic.granularities().stream().map(Submodel::name).toList());
        assertEquals(elastic.named("M"), elastic.widths(1536));
        assertEquals(49, elastic.mixes().size());
        assertEquals(1, elastic.compute(elastic.full()));
        assertEquals(16L * (6144 - 1536) * 2 * 1536,
                elastic.multiplyAdds(elastic.full()) - elastic.multiplyAdds(elastic.named("M")));
    }

    @Test
    @DisplayName("26 unknown submodels, and widths that no block has")
    void whatIsNotThereIsRefused() {
        Elastic elastic = paper();
        String message = assertThrows(InvalidInputException.class, () -> elastic.named("XXL")).getMessage();
        assertTrue(message.contains("one of S, M, L, XL"), message);
        assertThrows(InvalidInputException.class, () -> elastic.widths(6145));
        assertThrows(InvalidInputException.class, () -> elastic.widths(0));
        assertThrows(InvalidInputException.class, () -> elastic.widths(1, 2, 3));
        assertThrows(InvalidInputException.class, () -> elastic.choose(Budget.compute(0.1)));
        assertThrows(InvalidInputException.class, () -> Budget.compute(0));
    }
}
