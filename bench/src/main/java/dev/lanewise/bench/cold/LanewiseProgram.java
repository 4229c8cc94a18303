package dev.lanewise.bench.cold;

import dev.lanewise.SessionOptions;
import dev.lanewise.models.EmbedderOptions;
import dev.lanewise.models.TextEmbedder;

/** The smallest program that embeds a sentence with Lanewise. Arguments: start, model, threads, until, sentence. */
public final class LanewiseProgram {
    private LanewiseProgram() {
    }

    public static void main(String[] args) throws Exception {
        Milestones milestones = new Milestones(Long.parseLong(args[0]));
        EmbedderOptions options = EmbedderOptions.defaults()
                .withSession(SessionOptions.defaults().withThreads(Integer.parseInt(args[2])));
        try (TextEmbedder embedder = TextEmbedder.load(args[1], options)) {
            milestones.mark("loaded");
            milestones.run(() -> embedder.embed(args[4]), Double.parseDouble(args[3]));
        }
        System.out.println(milestones);
    }
}
