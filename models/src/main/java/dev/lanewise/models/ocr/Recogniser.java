package dev.lanewise.models.ocr;

import dev.lanewise.InvalidInputException;
import java.util.ArrayList;
import java.util.List;

/** Reads lines of text with a recogniser of PP-OCR. */
final class Recogniser {
    private static final String CHARACTERS = "character";
    private static final String SPACE = " ";
    private static final int HEIGHT = 48;
    /** Widths are multiples, so that there are not too many of them. */
    private static final int MULTIPLE = 8;
    private static final float[] HALF = {0.5f, 0.5f, 0.5f};

    private final Network network;
    private final CharacterDecoder decoder;

    /** @throws InvalidInputException when the model's file does not list its characters */
    Recogniser(Network network) {
        this.network = network;
        String listed = network.property(CHARACTERS);
        if (listed == null) {
            throw new InvalidInputException(network.name(),
                    "a recogniser of PP-OCR with its characters in its property '"
                            + CHARACTERS + "'",
                    "none", "name another model file");
        }
        List<String> characters = new ArrayList<>(listed.lines().toList());
        characters.add(SPACE);
        decoder = new CharacterDecoder(characters);
    }

    CharacterDecoder.Reading read(PageImage image, RotatedBox box) {
        int width = (int) Math.max(1, Math.ceil(HEIGHT * box.width() / box.height() / MULTIPLE)) * MULTIPLE;
        float[] planes = new Sampler(image, HALF, HALF).planes(box, width, HEIGHT, width);
        return decoder.read(network.run(planes, HEIGHT, width, 1, -1, decoder.classes()));
    }
}
