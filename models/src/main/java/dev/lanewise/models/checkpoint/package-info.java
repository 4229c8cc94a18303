/** Vision transformers and language models built from their weights and a description of their architecture. */
package dev.lanewise.models.checkpoint;
