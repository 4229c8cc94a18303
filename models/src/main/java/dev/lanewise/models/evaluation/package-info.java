/** How good a model is on data whose answers are known. */
package dev.lanewise.models.evaluation;
