/** Speech in recordings: where it is. */
package dev.lanewise.models.speech;
