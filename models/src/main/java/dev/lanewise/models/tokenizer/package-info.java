/**
 * Text to token ids and back, in pure Java, from the {@code tokenizer.json} of Hugging Face tokenizers.
 *
 * <p>A text passes through four stages, each a file here: {@code Normalizer}, {@code PreTokenizer},
 * {@code TokenizerModel}, {@code PostProcessor}; {@code Pipeline} joins them. A component that is missing is named by
 * an {@link dev.lanewise.models.tokenizer.UnsupportedTokenizerException} when the file is loaded.
 */
package dev.lanewise.models.tokenizer;
