/**
 * What works on this machine and what does not, found out by trying. Each examination is a small class that returns
 * findings and never throws.
 */
@NullMarked
package io.upflux.server.doctor;

import org.jspecify.annotations.NullMarked;
