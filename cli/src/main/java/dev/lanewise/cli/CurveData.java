package dev.lanewise.cli;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelMetadata;
import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.models.evaluation.ByteLoss;
import dev.lanewise.models.evaluation.Evaluation;
import dev.lanewise.models.evaluation.ImageAccuracy;
import dev.lanewise.models.evaluation.LabelledImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Finds what a model can be evaluated on. */
final class CurveData {
    private static final String IMAGES = "fashion-mnist-2000-images-idx3-ubyte.gz";
    private static final String TEXT = "evaluation-text.txt";

    private CurveData() {
    }

    /**
     * @param argument the model as the command was given it
     * @param data a file of images, whose labels lie beside it, or a text; null for the folder {@code data} beside the model's
     * @param samples images, or windows of the text, to use at most
     */
    static Evaluation of(ModelMetadata metadata, String argument, Path data, int samples) throws IOException {
        List<Port> inputs = metadata.inputs();
        Port input = inputs.getFirst();
        int rank = input.dims() == null ? 0 : input.dims().size();
        if (inputs.size() == 1 && input.name().equals("images") && input.type() == DataType.FLOAT && rank == 4) {
            LabelledImages images = LabelledImages.read(file(data, argument, IMAGES)).first(samples);
            return new ImageAccuracy(images, Float.parseFloat(property(metadata, argument, "lanewise.pixel_mean")),
                    Float.parseFloat(property(metadata, argument, "lanewise.pixel_deviation")));
        }
        if (inputs.size() == 1 && input.name().equals("tokens") && input.type() == DataType.INT64 && rank == 2) {
            byte[] text = Files.readAllBytes(file(data, argument, TEXT));
            int context = Integer.parseInt(property(metadata, argument, "lanewise.context"));
            return new ByteLoss(Arrays.copyOf(text, (int) Math.min(text.length, (long) samples * context + 1)), context,
                    1);
        }
        throw new InvalidInputException("model", "an input 'images' of 4 dimensions, or 'tokens' of 2",
                inputs.toString(), "give a vision transformer or a language model of bytes");
    }

    private static Path file(Path data, String argument, String name) {
        if (data != null) {
            return data;
        }
        Path model = Path.of(argument).toAbsolutePath().normalize();
        Path folder = (Files.isDirectory(model) ? model : model.getParent()).resolveSibling("data");
        if (!Files.exists(folder.resolve(name))) {
            throw new InvalidInputException("data", name + " in a folder data beside the model's",
                    "none in " + folder, "name the data with --data");
        }
        return folder.resolve(name);
    }

    private static String property(ModelMetadata metadata, String argument, String key) {
        String value = metadata.properties().get(key);
        if (value == null) {
            throw new InvalidInputException("model", "a model with the property " + key,
                    "none in " + InvalidInputException.printable(argument),
                    "load it by its folder with config.json and model.safetensors");
        }
        return value;
    }
}
