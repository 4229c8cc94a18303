/** Text in images: where it is and what it says. */
package dev.lanewise.models.ocr;
