package dev.lanewise.models.speech;

/**
 * A stretch of speech.
 *
 * @param start its first sample
 * @param end the sample after its last
 */
public record SpeechSegment(int start, int end) {
}
