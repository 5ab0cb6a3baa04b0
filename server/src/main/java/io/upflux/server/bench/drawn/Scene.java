package io.upflux.server.bench.drawn;

/** What is to be seen at any time. */
interface Scene {
    /** Frames a second that the scene is made for. */
    int FRAME_RATE = 25;

    /** Paints frame {@code index} over whatever is on the canvas. */
    void paint(int index, Canvas canvas);
}
