package dev.lanewise.loaders.onnx.backendtest;

import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelSource;
import dev.lanewise.loaders.onnx.backendtest.TestCase.DataSet;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The test cases below a folder or in a zip file, which is read in place. A case is a folder
 * {@code <suite>/<case>/} with {@code model.onnx} and {@code test_data_set_<i>/{input,output}_<i>.pb}, or a pair
 * {@code light/<case>.onnx} and {@code light/<case>_output_0.pb} whose input is generated.
 */
public final class TestSuite implements AutoCloseable {
    private static final String MODEL = "model.onnx";

    private final FileSystem zip;
    private final List<TestCase> cases;

    private TestSuite(FileSystem zip, List<TestCase> cases) {
        this.zip = zip;
        this.cases = cases;
    }

    /** Finds all cases, sorted by suite and name. */
    public static TestSuite open(Path folderOrZip) throws IOException {
        if (Files.isDirectory(folderOrZip)) {
            return new TestSuite(null, find(folderOrZip));
        }
        if (!Files.isRegularFile(folderOrZip)) {
            throw new InvalidInputException(null, "a folder or zip file with test cases", folderOrZip.toString(),
                    "check the path");
        }
        FileSystem zip = FileSystems.newFileSystem(folderOrZip);
        try {
            return new TestSuite(zip, find(zip.getPath("/")));
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    public List<TestCase> cases() {
        return cases;
    }

    @Override
    public void close() throws IOException {
        if (zip != null) {
            zip.close();
        }
    }

    private static List<TestCase> find(Path root) throws IOException {
        List<Path> models;
        try (Stream<Path> files = Files.walk(root)) {
            models = files.filter(p -> p.toString().endsWith(".onnx")).toList();
        }
        List<TestCase> cases = new ArrayList<>();
        for (Path model : models) {
            Path folder = model.toAbsolutePath().getParent();
            if (model.getFileName().toString().equals(MODEL)) {
                cases.add(
                        new TestCase(name(folder.getParent()), name(folder), ModelSource.of(model), dataSets(folder)));
            } else {
                String name = name(model).replaceFirst("\\.onnx$", "");
                Path output = folder.resolve(name + "_output_0.pb");
                if (Files.exists(output)) {
                    DataSet generated = new DataSet(name, null, List.of(ModelSource.of(output)));
                    cases.add(new TestCase(name(folder), name, ModelSource.of(model), List.of(generated)));
                }
            }
        }
        cases.sort(Comparator.comparing(TestCase::suite).thenComparing(TestCase::name));
        return List.copyOf(cases);
    }

    private static String name(Path path) {
        return path == null || path.getFileName() == null ? "" : path.getFileName().toString();
    }

    private static List<DataSet> dataSets(Path folder) throws IOException {
        List<DataSet> sets = new ArrayList<>();
        for (int i = 0; Files.isDirectory(folder.resolve("test_data_set_" + i)); i++) {
            Path set = folder.resolve("test_data_set_" + i);
            sets.add(new DataSet(name(set), numbered(set, "input_"), numbered(set, "output_")));
        }
        return sets;
    }

    private static List<ModelSource> numbered(Path folder, String prefix) {
        List<ModelSource> files = new ArrayList<>();
        for (int i = 0; Files.exists(folder.resolve(prefix + i + ".pb")); i++) {
            files.add(ModelSource.of(folder.resolve(prefix + i + ".pb")));
        }
        return files;
    }
}
