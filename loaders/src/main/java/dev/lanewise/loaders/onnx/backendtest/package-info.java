/** Runs test cases that are laid out as the backend tests of the ONNX project, in a folder or a zip file. */
package dev.lanewise.loaders.onnx.backendtest;
