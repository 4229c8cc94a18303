package dev.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.LanewiseException;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.loaders.onnx.proto.Onnx.ModelProto;
import dev.lanewise.loaders.testing.Promise;

/**
 * A broken model and what is due. Names start with the number of the kind of fault.
 *
 * @param message part of the message
 */
record BadModel(String name, byte[] bytes, Class<? extends LanewiseException> type, String message) {
    BadModel(String name, byte[] bytes, String message) {
        this(name, bytes, ModelFormatException.class, message);
    }

    BadModel(String name, ModelProto.Builder model, String message) {
        this(name, model.build().toByteArray(), message);
    }

    /** Valid, but in need of what is not there. */
    static BadModel unsupported(String name, ModelProto.Builder model, String message) {
        return new BadModel(name, model.build().toByteArray(), UnsupportedModelException.class, message);
    }

    void check() {
        LanewiseException e = Promise.kept(name, bytes.length,
                () -> Model.load(ModelSource.of(OnnxModels.NAME, bytes), LoadOptions.defaults()).close());
        assertNotNull(e, "loaded");
        assertEquals(type, e.getClass());
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertTrue(e.getMessage().startsWith(OnnxModels.NAME), e.getMessage());
        assertFalse(e.getMessage().contains("Exception"), e.getMessage());
    }

    @Override
    public String toString() {
        return name;
    }
}
