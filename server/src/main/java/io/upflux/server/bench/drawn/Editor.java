package io.upflux.server.bench.drawn;

/** A program being written: a letter now and then, a blinking cursor, a pointer that sometimes moves. */
record Editor() implements Scene {
    private static final int FRAMES_A_LETTER = 3;
    private static final int BLINK = 12;

    @Override
    public void paint(int index, Canvas canvas) {
        int width = canvas.width();
        int height = canvas.height();
        double dot = height / 360.0;
        double line = 11 * dot;
        int left = width / 16;
        canvas.fill(0, 0, width, height, 0x1e1e24);
        canvas.fill(0, 0, width, height / 20, 0x33333d);
        canvas.text("Window.java - editor", width / 40.0, height / 60.0, dot, 0xc8c8d0);
        canvas.fill(0, height / 20, left - 6, height, 0x25252d);
        int lines = (int) ((height * 0.9) / line);
        int typedLine = lines / 2;
        for (int i = 0; i < lines; i++) {
            double y = height / 15.0 + i * line;
            canvas.text(Integer.toString(100 + i), width / 100.0, y, 0.8 * dot, 0x6a6a78);
            if (i == typedLine) {
                typed(index, canvas, left, y, dot);
            } else {
                String code = Words.code(i);
                canvas.text(code, left, y, dot, code.contains("//") ? 0x6a9955 : i % 3 == 0 ? 0x9cdcfe : 0xd4d4d4);
            }
        }
        int moving = Math.floorMod(index, 100);
        double along = Math.max(0, Math.min(1, (moving - 40) / 20.0));
        canvas.pointer(width * (0.55 + 0.3 * along), height * (0.3 + 0.4 * along * along));
    }

    private static void typed(int index, Canvas canvas, int left, double y, double dot) {
        String all = "        double typed = " + Words.sentence(7, 60);
        int letters = Math.min(all.length(), 8 + index / FRAMES_A_LETTER);
        canvas.text(all.substring(0, letters), left, y, dot, 0xdcdcaa);
        if (index / BLINK % 2 == 0) {
            int x = (int) (left + Canvas.textWidth(all.substring(0, letters), dot));
            canvas.fill(x, (int) (y - dot), (int) Math.max(1, dot), (int) (9 * dot), 0xffffff);
        }
    }
}
