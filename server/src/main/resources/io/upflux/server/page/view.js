/**
 * Which part of a picture a canvas shows: a zoom and a centre in the picture's pixels. A zoom of 0 fits the whole picture;
 * others are pixels of the screen a pixel of the picture.
 */

const STEP = Math.SQRT2;
const DEEPEST = 32;

export class View {
  zoom = 0;
  #x = 0;
  #y = 0;
  #canvas = {width: 1, height: 1};
  #picture = {width: 1, height: 1};

  /** Sizes of the canvas, in pixels of the screen, and the picture. */
  resize(canvas, picture) {
    const first = this.#picture.width === 1;
    this.#canvas = {width: canvas.width, height: canvas.height};
    this.#picture = picture;
    if (first) this.#centre();
    this.#clamp();
  }

  get fitting() {
    const {width, height} = this.#canvas;
    return Math.min(width / this.#picture.width, height / this.#picture.height);
  }

  get scale() {
    return this.zoom || this.fitting;
  }

  fit() {
    this.zoom = 0;
    this.#centre();
  }

  /** Zooms so that the picture stays where it is under a point of the canvas, its middle by default. */
  zoomTo(scale, x = this.#canvas.width / 2, y = this.#canvas.height / 2) {
    const before = this.scale;
    if (scale <= this.fitting) {
      this.fit();
      return;
    }
    this.zoom = Math.min(DEEPEST, scale);
    this.#x += (x - this.#canvas.width / 2) * (1 / before - 1 / this.zoom);
    this.#y += (y - this.#canvas.height / 2) * (1 / before - 1 / this.zoom);
    this.#clamp();
  }

  zoomBy(steps, x, y) {
    this.zoomTo(this.scale * STEP ** steps, x, y);
  }

  /** Moves by pixels of the screen. */
  pan(dx, dy) {
    this.#x -= dx / this.scale;
    this.#y -= dy / this.scale;
    this.#clamp();
  }

  /** Where a rectangle of the picture lies on the canvas. */
  place(region) {
    const {width, height} = this.#canvas;
    return {
      x: (region.x - this.#x) * this.scale + width / 2,
      y: (region.y - this.#y) * this.scale + height / 2,
      width: region.width * this.scale,
      height: region.height * this.scale,
    };
  }

  /** The part of the picture that is seen, in whole pixels. */
  get region() {
    const width = this.#canvas.width / this.scale;
    const height = this.#canvas.height / this.scale;
    const left = Math.max(0, Math.floor(this.#x - width / 2));
    const top = Math.max(0, Math.floor(this.#y - height / 2));
    return {
      x: left,
      y: top,
      width: Math.max(1, Math.min(this.#picture.width, Math.ceil(this.#x + width / 2)) - left),
      height: Math.max(1, Math.min(this.#picture.height, Math.ceil(this.#y + height / 2)) - top),
    };
  }

  #centre() {
    this.#x = this.#picture.width / 2;
    this.#y = this.#picture.height / 2;
  }

  #clamp() {
    this.#x = inside(this.#x, this.#picture.width, this.#canvas.width / this.scale);
    this.#y = inside(this.#y, this.#picture.height, this.#canvas.height / this.scale);
  }
}

/** A centre such that a span of the screen stays within a side of the picture, or covers all of it. */
function inside(centre, side, span) {
  return span >= side ? side / 2 : Math.min(side - span / 2, Math.max(span / 2, centre));
}
