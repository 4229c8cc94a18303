package dev.lanewise.models;

/**
 * A text as a point: the nearer two points, the nearer the texts in meaning.
 *
 * @param vector numbers of length 1 as a vector, so that the dot product of two is their cosine; all zeros for a text
 *        without tokens
 * @param tokens tokens that went into it, special ones included
 * @param truncated whether the text was longer than the embedder's maximum, and its end left out
 */
public record TextEmbedding(float[] vector, int tokens, boolean truncated) {
    /** Cosine of the angle between two embeddings of one model: 1 for the same direction, 0 for nothing in common. */
    public double similarity(TextEmbedding other) {
        double dot = 0;
        for (int i = 0; i < vector.length; i++) {
            dot += (double) vector[i] * other.vector[i];
        }
        return dot;
    }
}
