/** JMH benchmarks and side-by-side runs against peers. */
package dev.lanewise.bench;
