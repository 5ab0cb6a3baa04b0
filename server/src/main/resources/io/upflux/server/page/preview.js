/**
 * A client of /api/preview: tells the server what shall be seen, and hands on the pictures of each frame once all of them
 * are there. Messages are a big-endian number of 32 bits, that many bytes of JSON, and a picture.
 */
import {live, socket} from './api.js';

const RETRY_MS = 2000;

export class Preview {
  #name;
  #show;
  #say;
  #socket = null;
  #wish = {kinds: []};
  #waiting = new Map();
  #closed = false;
  #timer = 0;

  /**
   * @param show called with {head, pictures}, the bitmaps by their kinds, which it is to close
   * @param say called with what went wrong, or an empty text
   */
  constructor(name, show, say) {
    this.#name = name;
    this.#show = show;
    this.#say = say;
    this.#connect();
  }

  /** What shall be seen from now on. */
  wish(wish) {
    if (JSON.stringify(wish) === JSON.stringify(this.#wish)) return;
    this.#wish = wish;
    this.#send();
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket.close();
    this.#forget(() => true);
  }

  #connect() {
    this.#socket = socket(live(this.#name).preview);
    this.#socket.onopen = () => this.#send();
    this.#socket.onmessage = message => this.#receive(message.data);
    this.#socket.onclose = () => {
      if (this.#closed) return;
      this.#say('The connection was lost; trying again.');
      this.#timer = setTimeout(() => this.#connect(), RETRY_MS);
    };
  }

  #send() {
    this.#forget(() => true);
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(this.#wish));
  }

  async #receive(data) {
    if (typeof data === 'string') {
      this.#say(JSON.parse(data).value);
      return;
    }
    const length = new DataView(data).getUint32(0);
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
    const blob = new Blob([new Uint8Array(data, 4 + length)], {type: head.mime});
    const wish = this.#wish;
    // The codes of a map are not colours.
    const bitmap = await createImageBitmap(blob, head.kind === 'map' ? {colorSpaceConversion: 'none'} : {});
    if (this.#closed || wish !== this.#wish) {
      bitmap.close();
      return;
    }
    const pictures = this.#waiting.get(head.frame) ?? {};
    pictures[head.kind] = {head, bitmap};
    this.#waiting.set(head.frame, pictures);
    if (wish.kinds.every(kind => pictures[kind])) {
      this.#waiting.delete(head.frame);
      this.#forget(frame => frame < head.frame);
      this.#say('');
      this.#show({head, pictures});
    }
  }

  /** Frames that will not be shown; their bitmaps are large, and not given back by themselves for long. */
  #forget(which) {
    for (const [frame, pictures] of this.#waiting) {
      if (!which(frame)) continue;
      this.#waiting.delete(frame);
      close(pictures);
    }
  }
}

/** Gives back the memory of a frame's bitmaps. */
export function close(pictures) {
  for (const {bitmap} of Object.values(pictures)) bitmap.close();
}
