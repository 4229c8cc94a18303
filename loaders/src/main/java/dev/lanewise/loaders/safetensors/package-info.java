/** Reads and writes safetensors. */
package dev.lanewise.loaders.safetensors;
