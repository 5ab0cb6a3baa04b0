/** The view that compares: preview frames of one stream in a wipe, with zoom, overlay and a frozen frame. */
import {byId, chosen, element, setText} from './dom.js';
import {paint, REUSE} from './overlay.js';
import {close, Preview} from './preview.js';
import {Wipe} from './wipe.js';

const RATE = 8;

export class Compare {
  #wipe;
  #preview = null;
  #frozen = false;
  #last = null;
  #say;

  constructor(say) {
    this.#say = say;
    this.#wipe = new Wipe(byId('wipe'), () => this.#seen(), () => this.#freeze());
    byId('zoom-in').addEventListener('click', () => this.#wipe.change(view => view.zoomBy(1)));
    byId('zoom-out').addEventListener('click', () => this.#wipe.change(view => view.zoomBy(-1)));
    byId('zoom-fit').addEventListener('click', () => this.#wipe.change(view => view.fit()));
    byId('zoom-pixels').addEventListener('click', () => this.#wipe.change(view => view.zoomTo(1)));
    byId('freeze').addEventListener('click', () => this.#freeze());
    for (const choice of document.querySelectorAll('input[name=overlay]')) {
      choice.addEventListener('change', () => this.#overlaid());
    }
  }

  start(name) {
    this.stop();
    this.#preview = new Preview(name, frame => this.#show(frame), this.#say);
    this.#wished();
  }

  stop() {
    this.#preview?.close();
    this.#preview = null;
    this.#last = null;
    this.#wipe.clear();
  }

  /** Tells the server what is looked at: all of the picture as large as it is shown, or a part at full resolution. */
  #wished() {
    const {width, height} = this.#wipe.size;
    const kinds = ['source', 'upscaled'];
    if (chosen('overlay') !== 'none') kinds.push('map');
    const wish = {kinds, rate: RATE};
    if (this.#wipe.view.zoom) wish.region = this.#wipe.view.region;
    else wish.size = Math.max(width, height, 64);
    if (this.#frozen) wish.kinds = [];
    this.#preview?.wish(wish);
  }

  #seen() {
    const {zoom} = this.#wipe.view;
    setText(byId('zoom-level'), zoom ? `${Math.round(100 * zoom)} %` : 'fit');
    this.#wished();
  }

  /** A frozen frame stays as it was fetched. */
  #freeze() {
    this.#frozen = !this.#frozen;
    byId('freeze').setAttribute('aria-pressed', String(this.#frozen));
    this.#wished();
  }

  #show(frame) {
    if (this.#frozen) {
      close(frame.pictures);
      return;
    }
    this.#last = frame;
    this.#wipe.show(frame);
    this.#lay();
    const {head} = frame;
    const [ticks, second] = head.timeBase.split('/').map(Number);
    const reused = Math.round(100 * (head.windows.unchanged + head.windows.updated));
    setText(byId('frame'), `frame ${head.frame} · ${(head.pts * ticks / second).toFixed(2)} s · ${Math.round(head.latencyMillis)} ms · ${reused} % reused`);
  }

  #overlaid() {
    this.#wished();
    if (chosen('overlay') === 'none') {
      this.#wipe.overlay(null);
      byId('legend').replaceChildren();
    } else {
      this.#lay();
    }
  }

  #lay() {
    const what = chosen('overlay');
    const map = this.#last?.pictures.map;
    if (what === 'none' || !map) return;
    const {canvas, halts} = paint(map.bitmap, what);
    this.#wipe.overlay(canvas, map.head.region);
    const legend = byId('legend');
    const told = what === 'halting' ? `${what} ${halts}` : what;
    // Where no window is computed for a while, what was told holds.
    const holds = told === legend.dataset.what || (halts === undefined && legend.dataset.what?.startsWith(what));
    if (holds && legend.childNodes.length) return;
    legend.dataset.what = told;
    if (what === 'halting' && halts === false) legend.replaceChildren('Nothing halts here: every window is computed in full.');
    else if (what === 'halting') legend.replaceChildren(key('deep'), 'the stronger, the more blocks computed the window');
    else legend.replaceChildren(...REUSE.flatMap(state => [element('span', {class: 'key'}, key(state.key), state.name), ' ']));
  }
}

function key(name) {
  return element('span', {class: `swatch ${name}`});
}
