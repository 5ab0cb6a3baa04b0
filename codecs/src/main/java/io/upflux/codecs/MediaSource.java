package io.upflux.codecs;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.pipeline.FrameSource;
abstract class MediaSource implements FrameSource { abstract Carriage carriage(); }
