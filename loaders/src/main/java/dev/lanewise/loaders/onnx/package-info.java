/** Reads ONNX models. */
package dev.lanewise.loaders.onnx;
