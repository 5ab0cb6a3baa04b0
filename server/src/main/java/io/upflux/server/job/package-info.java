/**
 * File jobs: kept in a database, queued, worked on by processes of this program that can crash, stop and go on, and
 * followed as they change. The database is the truth; whoever follows a job reads it there when something has changed.
 */
@NullMarked
package io.upflux.server.job;

import org.jspecify.annotations.NullMarked;
