/** Task pipelines over models, such as text embedding. */
package dev.lanewise.models;
