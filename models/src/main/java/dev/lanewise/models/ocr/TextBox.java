package dev.lanewise.models.ocr;

/**
 * Text somewhere in an image.
 *
 * @param place where
 * @param text what it says
 * @param confidence mean probability of its characters, 0 to 1
 */
public record TextBox(RotatedBox place, String text, double confidence) {
}
