package dev.lanewise.exec;

/**
 * Runs the tiles of one step. Tiles write disjoint outputs, so neither their order nor the thread that takes one changes a
 * result.
 */
public interface Workers {
    /** One independent piece of a step's work. */
    interface Tile {
        /**
         * @param index which tile, 0 ≤ index &lt; tiles
         * @param worker who runs it, 0 ≤ worker &lt; {@link Workers#count()}: selects scratch memory
         */
        void run(int index, int worker);
    }

    /** Upper bound of the threads that may run tiles at the same time. */
    int count();

    /** Runs tiles 0 … {@code tiles - 1} and returns when all are done. */
    void forEach(int tiles, Tile body);
}
