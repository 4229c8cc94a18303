/** Parts of model files, read when they are needed. */
package dev.lanewise.loaders.file;
