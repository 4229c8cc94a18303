/** Models observed on samples: values inside them, their second moments, and systems of equations in these. */
package dev.lanewise.quant.calibration;
