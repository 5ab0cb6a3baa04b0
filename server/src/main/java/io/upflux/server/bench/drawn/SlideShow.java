package io.upflux.server.bench.drawn;

import java.util.Random;

/**
 * A talk: a slide of text and a chart every two seconds, cut or cross-faded.
 *
 * @param fades whether a slide fades into the next
 */
record SlideShow(boolean fades) implements Scene {
    private static final int SLIDE = 2 * FRAME_RATE;
    private static final int FADE = 12;
    private static final int[] BACKGROUNDS = {0xf7f7f2, 0x1d2b3a, 0xfdf3e1, 0xe8eef5};
    private static final int[] INKS = {0x222222, 0xf0f0f0, 0x3a2410, 0x10243a};

    @Override
    public void paint(int index, Canvas canvas) {
        int slide = index / SLIDE;
        slide(slide, canvas);
        int left = SLIDE - index % SLIDE;
        if (fades && left < FADE) {
            Canvas next = new Canvas(canvas.width(), canvas.height());
            slide(slide + 1, next);
            canvas.mix(next, 1 - (float) left / FADE);
        }
    }

    private static void slide(int number, Canvas canvas) {
        int width = canvas.width();
        int height = canvas.height();
        double dot = height / 180.0;
        int ink = INKS[number % INKS.length];
        canvas.fill(0, 0, width, height, BACKGROUNDS[number % BACKGROUNDS.length]);
        canvas.gradient(0, 0, width, height / 40, 0x2a6fb0, 0x184a7a);
        canvas.text((number + 1) + "  " + Words.sentence(number, 24), width / 16.0, height / 10.0, 1.5 * dot, ink);
        for (int line = 0; line < 7; line++) {
            double y = height * (0.27 + 0.09 * line);
            int margin = width / 14;
            if (line % 2 == 0) {
                canvas.fill(margin, (int) (y + 2 * dot), (int) (3 * dot), (int) (3 * dot), 0xc0392b);
            }
            canvas.text(Words.sentence(100L * number + line, 34), margin + 10 * dot, y, 0.62 * dot, ink);
        }
        Random random = new Random(number);
        int base = height * 85 / 100;
        for (int bar = 0; bar < 6; bar++) {
            int tall = height / 12 + random.nextInt(height / 2);
            int x = width * 62 / 100 + bar * width / 18;
            canvas.gradient(x, base - tall, width / 25, tall, 0x3498db + 0x180000 * bar, 0x1f5f8b);
            canvas.text(Integer.toString(tall), x, base + 3 * dot, 0.4 * dot, ink);
        }
        canvas.fill(width * 61 / 100, base, width * 35 / 100, 2, ink);
    }
}
