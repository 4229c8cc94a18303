/** The {@code lanewise} command and its subcommands. */
package dev.lanewise.cli;
