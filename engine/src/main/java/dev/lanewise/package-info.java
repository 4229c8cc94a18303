/** The public API of Lanewise: all that a user of the engine needs. Everything outside this package may change. */
package dev.lanewise;
