package dev.lanewise.models.tokenizer;

import java.util.Arrays;

/**
 * Strings with a number each, to be walked char by char. The edges of all nodes share one open hash table: a key is
 * {@code node << 16 | char}, so a step costs one probe, mostly.
 */
final class Trie {
    static final int ROOT = 0;
    static final int NONE = -1;

    private static final long FREE = -1;

    private long[] keys;
    private int[] children;
    private int[] values;
    private int nodes = 1;

    /** For about as many strings as {@code expected}, of usual lengths. */
    Trie(int expected) {
        int capacity = Integer.highestOneBit(Math.max(16, expected) - 1) << 3;
        keys = new long[capacity];
        children = new int[capacity];
        values = new int[capacity / 4];
        values[ROOT] = NONE;
        Arrays.fill(keys, FREE);
    }

    /** Must not be called once the trie is shared. */
    void put(CharSequence string, int value) {
        int node = ROOT;
        for (int i = 0; i < string.length(); i++) {
            int child = step(node, string.charAt(i));
            node = child == NONE ? addChild(node, string.charAt(i)) : child;
        }
        values[node] = value;
    }

    /** The child of {@code node} by {@code c}, or {@link #NONE}. */
    int step(int node, char c) {
        long key = (long) node << 16 | c;
        for (int slot = slot(key);; slot = slot + 1 & keys.length - 1) {
            if (keys[slot] == key) {
                return children[slot];
            }
            if (keys[slot] == FREE) {
                return NONE;
            }
        }
    }

    /** The node that {@code string} leads to, or {@link #NONE}. */
    int walk(CharSequence string) {
        int node = ROOT;
        for (int i = 0; i < string.length() && node != NONE; i++) {
            node = step(node, string.charAt(i));
        }
        return node;
    }

    /** The number of the string that ends at {@code node}, or {@link #NONE}. */
    int value(int node) {
        return values[node];
    }

    private int addChild(int parent, char c) {
        if (nodes * 2 > keys.length) {
            grow();
        }
        if (nodes == values.length) {
            values = Arrays.copyOf(values, nodes * 2);
        }
        values[nodes] = NONE;
        insert((long) parent << 16 | c, nodes);
        return nodes++;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldChildren = children;
        keys = new long[oldKeys.length * 2];
        children = new int[keys.length];
        Arrays.fill(keys, FREE);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != FREE) {
                insert(oldKeys[i], oldChildren[i]);
            }
        }
    }

    private void insert(long key, int child) {
        int slot = slot(key);
        while (keys[slot] != FREE) {
            slot = slot + 1 & keys.length - 1;
        }
        keys[slot] = key;
        children[slot] = child;
    }

    private int slot(long key) {
        return (int) (key * 0x9E3779B97F4A7C15L >>> 32) & keys.length - 1;
    }
}
