/** Other engines that a measurement can run beside this one. None of them is on the class path. */
package dev.lanewise.cli.peer;
