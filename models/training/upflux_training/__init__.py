"""Training, evaluation and export of the Upflux super-resolution networks."""
