package dev.lanewise.loaders.onnx;

import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;

/** Turns a TensorProto into a tensor. */
final class TensorReader {
    Tensor read(TensorProto proto, String where) {
        throw new UnsupportedOperationException();
    }
}
