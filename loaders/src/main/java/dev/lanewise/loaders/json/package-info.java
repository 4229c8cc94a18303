/** JSON of untrusted origin, as beside models. */
package dev.lanewise.loaders.json;
