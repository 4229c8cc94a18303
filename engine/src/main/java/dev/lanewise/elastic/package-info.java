/** One model in many sizes: how wide each hidden layer is, chosen for each run. */
package dev.lanewise.elastic;
