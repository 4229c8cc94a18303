package dev.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.lanewise.loaders.onnx.proto.Onnx;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The table agrees with the schema file. */
class WireSchemaTest {
    @Test
    void theTableSaysWhatTheSchemaSays() {
        List<Descriptor> messages = new ArrayList<>(Onnx.getDescriptor().getMessageTypes());
        for (int i = 0; i < messages.size(); i++) {
            messages.addAll(messages.get(i).getNestedTypes());
        }
        long data = Arrays.stream(WireSchema.values()).filter(s -> s.name().endsWith("_VALUE")).count();
        assertEquals(WireSchema.values().length - data, messages.size());
        for (Descriptor d : messages) {
            WireSchema schema = WireSchema.valueOf(name(d));
            for (int number = 1; number <= 30; number++) {
                FieldDescriptor field = d.findFieldByNumber(number);
                WireSchema.Field known = schema.field(number);
                assertEquals(field == null ? "none" : kind(field), known == null ? "none" : kind(known),
                        d.getName() + " " + number);
            }
        }
    }

    private static String name(Descriptor d) {
        String name =
                d.getName().replaceFirst("Proto$", "").replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
        return d.getContainingType() != null && d.getContainingType().getName().equals("TypeProto")
                && name.endsWith("TENSOR")
                        ? name + "_TYPE"
                        : name;
    }

    private static String kind(FieldDescriptor f) {
        String kind = switch (f.getType()) {
            case MESSAGE -> (f.isRepeated() ? ":" : ".") + name(f.getMessageType());
            case STRING -> "text";
            case BYTES -> "bytes";
            case FLOAT -> "f";
            case DOUBLE -> "d";
            default -> "v";
        };
        return f.isPackable() ? kind.toUpperCase(Locale.ROOT) : kind;
    }

    private static String kind(WireSchema.Field f) {
        return switch (f.kind()) {
            case ':', '.' -> f.kind() + f.message().toString();
            case 'n', 's' -> "text";
            case 'o', 'b' -> "bytes";
            default -> String.valueOf(f.kind());
        };
    }
}
