package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Model;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.cli.chart.Look;
import dev.lanewise.elastic.Elastic;
import dev.lanewise.models.evaluation.ImageAccuracy;
import dev.lanewise.models.evaluation.LabelledImages;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElasticCommandTest {
    private static final Path CHECKPOINTS = Path.of("../models/src/test/resources/checkpoints");
    private static final Path NESTED = CHECKPOINTS.resolve("vit-nested");
    private static final Path DECODER = CHECKPOINTS.resolve("decoder");
    private static final Path DATA = Path.of("../models/checkpoints/data");
    private static final Path IMAGES = DATA.resolve("fashion-mnist-2000-images-idx3-ubyte.gz");
    private static final Path TEXT = DATA.resolve("evaluation-text.txt");

    @TempDir
    private Path folder;

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> points(Outcome o) throws IOException {
        assertEquals(0, o.code(), o.err());
        return (List<Map<String, Object>>) o.json().get("points");
    }

    private static List<Object> all(List<Map<String, Object>> points, String key) {
        return points.stream().map(p -> p.get(key)).toList();
    }

    @Test
    void listsSizesWithoutARun() throws IOException {
        List<Map<String, Object>> points = points(Outcome.of("elastic", NESTED, "--json"));
        assertEquals(List.of("M", "5-10", "L", "10-20", "XL"), all(points, "name"));
        assertEquals(List.of("matformer", "mixnmatch", "matformer", "mixnmatch", "matformer"), all(points, "method"));
        assertEquals(List.of(5L, 10L), points.get(1).get("widths"));
        assertFalse(points.getFirst().containsKey("quality"));
        try (Model model = Model.load(NESTED)) {
            Elastic elastic = model.elastic();
            assertEquals(elastic.mixes().stream().map(elastic::compute).toList(), all(points, "compute"));
            assertEquals(elastic.mixes().stream().map(elastic::parameters).toList(), all(points, "parameters"));
        }
        String text = Outcome.of("elastic", NESTED).out();
        assertTrue(text.contains("compute") && !text.contains("latency"), text);
        assertTrue(text.lines().anyMatch(l -> l.matches("vit-nested +mixnmatch +10-20 +0\\.\\d{3} +\\d+")), text);
    }

    /** What is printed for a size is what a session in that size does. */
    @Test
    void measuresImages() throws IOException {
        Path png = folder.resolve("curve.png");
        Outcome o = Outcome.of("elastic", NESTED, "--curve", "--data", IMAGES, "--samples", "150", "--runs", "3",
                "--warmup", "1", "--plot", png, "--json");
        List<Map<String, Object>> points = points(o);
        Map<String, Object> document = o.json();
        assertEquals(List.of("accuracy", "% of 150 images", 150L, 3L, 1L), List.of(document.get("metric"),
                document.get("unit"), document.get("samples"), document.get("runs"), document.get("threads")));
        try (Model model = Model.load(NESTED); Session session = model.newSession()) {
            ImageAccuracy accuracy = new ImageAccuracy(LabelledImages.read(IMAGES).first(150), 0.286f, 0.353f);
            List<Double> expected = model.elastic().mixes().stream().map(
                    s -> accuracy.measure(session, RunOptions.defaults().withSubmodel(s)).get("logits")).toList();
            assertEquals(expected, all(points, "quality"));
        }
        points.forEach(p -> assertTrue((Double) p.get("latency_ms") > 0));
        BufferedImage image = ImageIO.read(png.toFile());
        assertTrue(count(image, Look.LANEWISE) > 200 && count(image, Look.AMBER) > 20);
    }

    private static int count(BufferedImage image, Color colour) {
        int count = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                count += image.getRGB(x, y) == colour.getRGB() ? 1 : 0;
            }
        }
        return count;
    }

    /** A model of one width beside it, and the data where it is looked for. */
    @Test
    void severalModelsShareACurve() throws IOException {
        Path plain = Files.createDirectory(folder.resolve("plain"));
        Path elastic = Files.createDirectory(folder.resolve("elastic"));
        Path data = Files.createDirectory(folder.resolve("data"));
        for (String file : new String[] {"config.json", "model.safetensors"}) {
            Files.copy(NESTED.resolve(file), elastic.resolve(file));
        }
        Files.copy(NESTED.resolve("model.safetensors"), plain.resolve("model.safetensors"));
        Files.writeString(plain.resolve("config.json"), Files.readString(NESTED.resolve("config.json"))
                .replaceFirst("(?s),\\s*\"nested_axis\".*", "}"));
        for (String part : new String[] {"images-idx3", "labels-idx1"}) {
            String name = "fashion-mnist-2000-" + part + "-ubyte.gz";
            Files.copy(DATA.resolve(name), data.resolve(name));
        }
        Object[] arguments = {"elastic", plain, elastic.resolve("config.json"), "--curve", "--samples", "60", "--runs",
            "1", "--warmup", "0", "--json"};
        List<Map<String, Object>> points = points(Outcome.of(arguments));
        assertEquals(List.of("plain", "elastic", "elastic", "elastic", "elastic", "elastic"), all(points, "model"));
        Map<String, Object> one = points.getFirst();
        Map<String, Object> largest = points.getLast();
        assertEquals("plain", one.get("method"));
        for (String key : new String[] {"compute", "parameters", "quality", "widths"}) {
            assertEquals(largest.get(key), one.get(key), key);
        }
        assertEquals(1.0, one.get("compute"));
        Files.copy(TEXT, data.resolve("evaluation-text.txt"));
        Path decoder = Files.createDirectory(folder.resolve("decoder"));
        for (String file : new String[] {"config.json", "model.safetensors"}) {
            Files.copy(DECODER.resolve(file), decoder.resolve(file));
        }
        Outcome mixed = Outcome.of("elastic", plain, decoder, "--curve");
        assertEquals(2, mixed.code());
        assertTrue(mixed.err().contains("one curve is of one measure"), mixed.err());
    }

    @Test
    void measuresText() throws IOException {
        List<Map<String, Object>> points = points(Outcome.of("elastic", DECODER, "--curve", "--data", TEXT,
                "--samples", "20", "--runs", "1", "--json"));
        assertEquals(List.of("M", "4-8", "L", "8-16", "XL"), all(points, "name"));
        points.forEach(p -> assertTrue((Double) p.get("quality") > 0));
        Outcome table = Outcome.of("elastic", DECODER, "--curve", "--data", TEXT, "--samples", "20", "--runs", "1");
        assertTrue(table.out().contains("loss in nats a byte, 20 windows of 16 bytes"), table.out());
    }

    @Test
    void exitCodes() throws IOException {
        assertEquals(2, Outcome.of("elastic").code());
        assertEquals(2, Outcome.of("elastic", NESTED, "--data", IMAGES).code());
        assertEquals(2, Outcome.of("elastic", NESTED, "--curve", "--samples", "0").code());
        Outcome noData = Outcome.of("elastic", NESTED, "--curve");
        assertEquals(1, noData.code());
        assertTrue(noData.err().contains("--data"), noData.err());
        Outcome notImages = Outcome.of("elastic", NESTED, "--curve", "--data", TEXT);
        assertEquals(1, notImages.code());
        assertTrue(notImages.err().contains("IDX"), notImages.err());
        Outcome onnx = Outcome.of("elastic", NESTED.resolve("model.onnx"), "--curve", "--data", IMAGES);
        assertEquals(1, onnx.code());
        assertTrue(onnx.err().contains("config.json"), onnx.err());
        Outcome nowhere = Outcome.of("elastic", NESTED, "--curve", "--data", IMAGES, "--plot",
                folder.resolve("none/curve.png"));
        assertEquals(1, nowhere.code());
        assertTrue(nowhere.err().contains("no such file or folder"), nowhere.err());
        Path model = Files.write(folder.resolve("m.onnx"), OnnxBytes.addRelu());
        assertEquals(1, Outcome.of("elastic", model).code());
    }

    /** The other commands take a folder as well. */
    @Test
    void foldersAreModels() throws IOException {
        Outcome inspect = Outcome.of("inspect", NESTED, "--json");
        assertEquals("5,10,20", ((Map<?, ?>) inspect.json().get("properties")).get("lanewise.nested_widths"));
        String text = Outcome.of("inspect", DECODER).out();
        assertTrue(text.contains("tokens: INT64[batch,length]") && !text.contains("IR 0"), text);
        Outcome bench = Outcome.of("bench", DECODER, "--shape", "1x8", "--runs", "1", "--warmup", "1", "--widths",
                "0.5,1");
        assertTrue(bench.out().contains("width 0.5"), bench.out() + bench.err());
        Path bad = Files.createDirectory(folder.resolve("bad"));
        Files.writeString(bad.resolve("config.json"), "{}");
        assertEquals(3, Outcome.of("inspect", bad).code());
        assertEquals(3, Outcome.of("inspect", folder).code());
    }

    /** Of models whose cost the input decides, compute is what the images came to. */
    @Test
    void adaptiveModelsHavePoints() throws IOException {
        Path checkpoints = Path.of("../models/checkpoints");
        List<Map<String, Object>> points = points(Outcome.of("elastic", checkpoints.resolve("vit-acm-025"),
                checkpoints.resolve("vit-ats"), checkpoints.resolve("vit-exits"), checkpoints.resolve("vit-plain"),
                "--curve", "--data", IMAGES, "--samples", "40", "--runs", "2", "--warmup", "0", "--json"));
        List<Object> methods = new ArrayList<>(List.of("acm"));
        methods.addAll(Collections.nCopies(4, "ats"));
        methods.addAll(Collections.nCopies(8, "exit"));
        methods.add("plain");
        assertEquals(methods, all(points, "method"));
        List<Double> compute = points.stream().map(p -> (Double) p.get("compute")).toList();
        assertEquals(compute.subList(1, 5).stream().sorted().toList(), compute.subList(1, 5));
        assertEquals(compute.subList(5, 13).stream().sorted().toList(), compute.subList(5, 13));
        Map<String, Object> off = points.get(12);
        assertEquals("off", off.get("name"));
        assertEquals(1.0, off.get("compute"));
        assertEquals(points.getLast().get("quality"), off.get("quality"));
        assertEquals(1, (Double) points.getLast().get("compute"), 0.01);
        assertTrue(compute.getFirst() < 0.5 && compute.get(5) < 0.5, compute.toString());
        Outcome mixed = Outcome.of("elastic", checkpoints.resolve("vit-acm-025"),
                checkpoints.resolve("vit-plain/model.onnx"), "--curve", "--data", IMAGES, "--samples", "1");
        assertTrue(mixed.code() != 0 && !mixed.err().isEmpty(), mixed.err());
        String unmeasured = Outcome.of("elastic", checkpoints.resolve("vit-acm-025")).out();
        assertTrue(unmeasured.contains("by input"), unmeasured);
    }

    /** What pruning cut has one size, named by what is left; what it sorted has its granularities. */
    @Test
    void prunedFoldersSayHow() throws IOException {
        for (String file : new String[] {"config.json", "model.safetensors"}) {
            Files.copy(NESTED.resolve(file), folder.resolve(file));
        }
        Path provenance = folder.resolve("pruning.json");
        Files.writeString(provenance, "{\"method\": \"amp\", \"cut\": true, \"compute\": 0.5}");
        List<Map<String, Object>> cut = points(Outcome.of("elastic", folder, "--json"));
        assertEquals(List.of("amp"), all(cut, "method"));
        assertEquals(List.of("0.50"), all(cut, "name"));
        Files.writeString(provenance, "{\"method\": \"activation\", \"cut\": false, \"compute\": 1}");
        List<Map<String, Object>> sorted = points(Outcome.of("elastic", folder, "--json"));
        assertEquals(List.of("activation", "activation", "activation"), all(sorted, "method"));
        assertEquals(List.of("M", "L", "XL"), all(sorted, "name"));
    }
}
