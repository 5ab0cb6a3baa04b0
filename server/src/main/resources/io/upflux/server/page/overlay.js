/** What became of windows, in colours over the picture. The server's map has one pixel a window (docs/server.md). */

const KEPT = [0, 0, 0, 0];
const COMPUTED = 170;

/** By the server's codes 0, 85, 170 and 255; the colours of the graph of reuse, too. */
export const REUSE = [
  {name: 'unchanged', key: 'unchanged', colour: 'var(--kept)', rgba: KEPT},
  {name: 'updated', key: 'updated', colour: 'var(--updated)', rgba: [38, 166, 154, 150]},
  {name: 'computed', key: 'computed', colour: 'var(--computed)', rgba: [240, 170, 40, 150]},
  {name: 'new', key: 'new', colour: 'var(--new)', rgba: [214, 70, 120, 170]},
];

/** A canvas of one pixel a window, and whether the network halts: undefined where it computed no window. */
export function paint(bitmap, what) {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d', {willReadFrequently: true});
  context.drawImage(bitmap, 0, 0);
  const image = context.getImageData(0, 0, bitmap.width, bitmap.height);
  const codes = image.data;
  let halts;
  for (let i = 0; i < codes.length; i += 4) {
    const depth = codes[i + 1];
    if (codes[i] >= COMPUTED) halts ||= depth > 0;
    codes.set(what === 'reuse' ? REUSE[Math.round(codes[i] / 85)].rgba : shade(depth), i);
  }
  context.putImageData(image, 0, 0);
  return {canvas, halts};
}

/** The deeper, the less transparent. */
function shade(depth) {
  return [124, 92, 240, Math.round(depth * 0.75)];
}
