/** What all charts have in common. */
package dev.lanewise.cli.chart;
