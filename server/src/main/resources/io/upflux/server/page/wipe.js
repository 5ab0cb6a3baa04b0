/** Two pictures of one moment, one over the other, and a handle that wipes from the one to the other. */
import {close} from './preview.js';
import {View} from './view.js';

const NUDGE = 2;
const LEAP = 10;
const PAN = 40;
/** Beyond this many screen pixels a pixel of the picture, pixels are shown as they are. */
const PIXELS = 1.5;

export class Wipe {
  view = new View();
  #root;
  #canvas;
  #handle;
  #changed;
  #frozen;
  #at = 50;
  #shown = null;
  #overlay = null;
  #pointers = new Map();
  #drawing = 0;

  /**
   * @param root holds a canvas and an element with role slider
   * @param changed called when another part or size of the picture is seen
   * @param freeze called when the space bar is pressed
   */
  constructor(root, changed, freeze) {
    this.#root = root;
    this.#canvas = root.querySelector('canvas');
    this.#handle = root.querySelector('[role=slider]');
    this.#changed = changed;
    this.#frozen = freeze;
    this.#handle.addEventListener('keydown', event => this.#key(event));
    root.addEventListener('pointerdown', event => this.#down(event));
    root.addEventListener('pointermove', event => this.#move(event));
    for (const end of ['pointerup', 'pointercancel']) {
      root.addEventListener(end, event => this.#pointers.delete(event.pointerId));
    }
    root.addEventListener('wheel', event => this.#wheel(event), {passive: false});
    root.addEventListener('dblclick', () => this.#act(() => (this.view.zoom ? this.view.fit() : this.view.zoomTo(1))));
    new ResizeObserver(() => this.#resize()).observe(root);
    this.wipeTo(this.#at);
  }

  /** Size of the canvas in pixels of the screen. */
  get size() {
    return {width: this.#canvas.width, height: this.#canvas.height};
  }

  /** Shows the pictures of a frame, and closes them when others come. */
  show({head, pictures}) {
    this.#forget();
    this.#shown = pictures;
    const changed = !this.picture || this.picture.width !== head.picture.width || this.picture.height !== head.picture.height;
    this.picture = head.picture;
    if (changed) {
      this.#root.style.aspectRatio = `${head.picture.width} / ${head.picture.height}`;
      this.#resize();
    }
    this.#root.dataset.pts = head.pts;
    this.#draw();
  }

  clear() {
    this.#forget();
    this.#overlay = null;
    this.#draw();
  }

  #forget() {
    if (this.#shown) close(this.#shown);
    this.#shown = null;
  }

  /** Lays a canvas over a region of the picture; null lays nothing. */
  overlay(canvas, region) {
    this.#overlay = canvas && {canvas, region};
    this.#draw();
  }

  /** @param at percent of the width that shows the source */
  wipeTo(at) {
    this.#at = Math.min(100, Math.max(0, at));
    this.#handle.style.left = `${this.#at}%`;
    this.#handle.setAttribute('aria-valuenow', String(Math.round(this.#at)));
    this.#handle.setAttribute('aria-valuetext', `${Math.round(this.#at)} % source, ${Math.round(100 - this.#at)} % upscaled`);
    this.#root.classList.toggle('all-source', this.#at > 88);
    this.#root.classList.toggle('all-upscaled', this.#at < 12);
    this.#draw();
  }

  /** Does something to the view and has it seen. */
  change(what) {
    this.#act(() => what(this.view));
  }

  #act(what) {
    what();
    this.#root.classList.toggle('zoomed', this.view.zoom > 0);
    this.#draw();
    this.#changed();
  }

  #resize() {
    const box = this.#root.getBoundingClientRect();
    this.#canvas.width = Math.max(1, Math.round(box.width * devicePixelRatio));
    this.#canvas.height = Math.max(1, Math.round(box.height * devicePixelRatio));
    if (this.picture) this.view.resize(this.#canvas, this.picture);
    this.#draw();
    this.#changed();
  }

  #key(event) {
    const step = event.key === 'ArrowLeft' || event.key === 'ArrowDown' ? -1 : 1;
    const actions = {
      Home: () => this.wipeTo(0),
      End: () => this.wipeTo(100),
      PageUp: () => this.wipeTo(this.#at + LEAP),
      PageDown: () => this.wipeTo(this.#at - LEAP),
      '+': () => this.#act(() => this.view.zoomBy(1)),
      '=': () => this.#act(() => this.view.zoomBy(1)),
      '-': () => this.#act(() => this.view.zoomBy(-1)),
      0: () => this.#act(() => this.view.fit()),
      1: () => this.#act(() => this.view.zoomTo(1)),
      ' ': () => this.#frozen(),
    };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.startsWith('Arrow')) {
      if (event.shiftKey) {
        const across = event.key === 'ArrowLeft' || event.key === 'ArrowRight';
        this.#act(() => this.view.pan(across ? -step * PAN : 0, across ? 0 : step * PAN));
      } else {
        this.wipeTo(this.#at + step * NUDGE);
      }
    } else if (actions[event.key]) {
      actions[event.key]();
    } else {
      return;
    }
    event.preventDefault();
  }

  #point(event) {
    const box = this.#root.getBoundingClientRect();
    return {x: (event.clientX - box.left) * devicePixelRatio, y: (event.clientY - box.top) * devicePixelRatio, percent: 100 * (event.clientX - box.left) / box.width};
  }

  /** The handle wipes; so does the picture while all of it is seen. Else the picture moves. */
  #down(event) {
    if (event.button) return;
    const point = this.#point(event);
    const wiping = !this.view.zoom || this.#handle.contains(event.target);
    this.#pointers.set(event.pointerId, {...point, wiping});
    this.#root.setPointerCapture(event.pointerId);
    this.#handle.focus({preventScroll: true});
    if (wiping) this.wipeTo(point.percent);
    event.preventDefault();
  }

  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const point = this.#point(event);
    const others = [...this.#pointers].filter(([id]) => id !== event.pointerId);
    this.#pointers.set(event.pointerId, {...point, wiping: before.wiping && !others.length});
    if (others.length) {
      const other = others[0][1];
      const spread = place => Math.hypot(place.x - other.x, place.y - other.y);
      const factor = spread(point) / Math.max(1, spread(before));
      this.#act(() => this.view.zoomTo(this.view.scale * factor, (point.x + other.x) / 2, (point.y + other.y) / 2));
    } else if (before.wiping) {
      this.wipeTo(point.percent);
    } else {
      this.#act(() => this.view.pan(point.x - before.x, point.y - before.y));
    }
  }

  #wheel(event) {
    // A page must stay scrollable past the picture.
    if (!event.ctrlKey && !this.view.zoom && event.deltaY > 0) return;
    event.preventDefault();
    const {x, y} = this.#point(event);
    this.#act(() => this.view.zoomBy(-Math.sign(event.deltaY) * Math.min(1, Math.abs(event.deltaY) / 100), x, y));
  }

  #draw() {
    cancelAnimationFrame(this.#drawing);
    this.#drawing = requestAnimationFrame(() => this.#paint());
  }

  #paint() {
    const context = this.#canvas.getContext('2d');
    const {width, height} = this.#canvas;
    context.clearRect(0, 0, width, height);
    if (!this.#shown) return;
    const border = Math.round(width * this.#at / 100);
    const {source, upscaled} = this.#shown;
    this.#layer(context, upscaled, border, width - border);
    this.#layer(context, source, 0, border);
    if (this.#overlay) {
      const at = this.view.place(this.#overlay.region);
      context.imageSmoothingEnabled = false;
      context.drawImage(this.#overlay.canvas, at.x, at.y, at.width, at.height);
    }
  }

  #layer(context, layer, left, width) {
    if (!layer || width <= 0) return;
    const at = this.view.place(layer.head.region);
    context.save();
    context.beginPath();
    context.rect(left, 0, width, this.#canvas.height);
    context.clip();
    context.imageSmoothingEnabled = this.view.scale < PIXELS;
    context.imageSmoothingQuality = 'high';
    context.drawImage(layer.bitmap, at.x, at.y, at.width, at.height);
    context.restore();
  }
}
