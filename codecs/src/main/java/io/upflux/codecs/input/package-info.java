/**
 * From a location to decoded planar frames: demux, decode, deinterlace and turn, with time stamps repaired and damage
 * counted. Internal to this module.
 */
@NullMarked
package io.upflux.codecs.input;

import org.jspecify.annotations.NullMarked;
