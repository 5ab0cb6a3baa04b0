package io.upflux.server.bench.drawn;

/** Somebody at work: a page that is read and scrolled, then a switch to an editor and back, a pointer on the way. */
record Desktop() implements Scene {
    private static final int PAGE = 2 * FRAME_RATE;
    private static final Editor EDITOR = new Editor();

    @Override
    public void paint(int index, Canvas canvas) {
        int phase = index % (3 * PAGE);
        if (phase >= 2 * PAGE) {
            EDITOR.paint(index, canvas);
            return;
        }
        int scrolled = Math.max(0, Math.min(30, phase - 30)) + Math.max(0, Math.min(10, phase - 85));
        page(scrolled * canvas.height() / 103, canvas);
        double along = Math.min(1, phase / 25.0);
        canvas.pointer(canvas.width() * (0.2 + 0.5 * along), canvas.height() * (0.8 - 0.5 * along * along));
    }

    private static void page(int offset, Canvas canvas) {
        int width = canvas.width();
        int height = canvas.height();
        double dot = height / 360.0;
        canvas.fill(0, 0, width, height, 0xdfe3e8);
        int left = width / 6;
        int wide = width * 2 / 3;
        canvas.fill(left, 0, wide, height, 0xffffff);
        for (int block = 0; block < 12; block++) {
            int y = height / 10 + block * height / 4 - offset;
            canvas.text(Words.sentence(50 + block, 30), left + 12 * dot, y, 1.6 * dot, 0x1a3d6d);
            for (int line = 0; line < 4; line++) {
                canvas.text(
                        Words.sentence(1000 + 10L * block + line, 46),
                        left + 12 * dot,
                        y + (20 + 12 * line) * dot,
                        dot,
                        0x303030);
            }
            canvas.gradient(left + wide * 3 / 4, y, wide / 5, height / 6, 0x5f9ea0 + 0x0a0500 * block, 0xe9c46a);
        }
        canvas.gradient(0, 0, width, height / 16, 0xb8c4d0, 0x98a8b8);
        canvas.text("https://example.org/page", width / 5.0, height / 50.0, dot, 0x202020);
    }
}
