/** Ways from the server into a video element. Each returns an object whose stop() ends it. */
import {live, socket as connected} from './api.js';

const FARTHEST_BEHIND = 3;
const KEPT_BEHIND = 20;
const RETRY_MS = 2000;

/** Low-latency HLS by hls.js, or by the browser itself where it can. */
export function playHls(video, name, say) {
  const url = live(name).hls;
  const Hls = window.Hls;
  if (Hls?.isSupported()) {
    const hls = new Hls({lowLatencyMode: true, backBufferLength: KEPT_BEHIND, maxLiveSyncPlaybackRate: 1.1});
    let again = 0;
    hls.on(Hls.Events.ERROR, (event, data) => {
      if (!data.fatal) return;
      say(`The player lost the stream (${data.details}); trying again.`);
      if (data.type === Hls.ErrorTypes.MEDIA_ERROR) {
        hls.recoverMediaError();
      } else {
        clearTimeout(again);
        again = setTimeout(() => hls.loadSource(url), RETRY_MS);
      }
    });
    hls.on(Hls.Events.FRAG_BUFFERED, () => say(''));
    hls.loadSource(url);
    hls.attachMedia(video);
    return {stop() { clearTimeout(again); hls.destroy(); }};
  }
  return playFile(video, url);
}

/** What the browser plays by itself. */
export function playFile(video, url) {
  video.src = url;
  return {stop() { video.removeAttribute('src'); video.load(); }};
}

/** fMP4 over a WebSocket into Media Source Extensions. */
export function playMse(video, name, say) {
  const Source = window.ManagedMediaSource ?? window.MediaSource;
  if (!Source) {
    say('This browser has no Media Source Extensions.');
    return {stop() {}};
  }
  let socket = null;
  let stopped = false;
  let timer = 0;

  function connect() {
    const media = new Source();
    const waiting = [];
    let buffer = null;
    video.disableRemotePlayback = true;
    const address = URL.createObjectURL(media);
    video.src = address;
    media.addEventListener('sourceopen', () => {
      URL.revokeObjectURL(address);
      if (stopped) return;
      socket = connected(live(name).mse);
      socket.onopen = () => socket.send(JSON.stringify({type: 'mse', value: playable(Source)}));
      socket.onclose = retry;
      socket.onmessage = message => {
        if (typeof message.data === 'string') {
          const {type, value} = JSON.parse(message.data);
          if (type === 'mse') {
            play(value);
          } else if (type === 'error') {
            say(value);
          }
        } else {
          waiting.push(message.data);
          next();
        }
      };
    }, {once: true});

    function play(type) {
      try {
        buffer = media.addSourceBuffer(type);
      } catch (unsupported) {
        socket.onclose = null;
        socket.close();
        say(`This browser cannot play ${type}.`);
        return;
      }
      buffer.mode = 'segments';
      buffer.addEventListener('updateend', next);
      say('');
    }

    function next() {
      if (stopped || !buffer || buffer.updating || media.readyState !== 'open') return;
      const ranges = buffer.buffered;
      if (ranges.length) {
        const end = ranges.end(ranges.length - 1);
        if (end - video.currentTime > FARTHEST_BEHIND || video.currentTime < ranges.start(0)) {
          video.currentTime = Math.max(ranges.start(ranges.length - 1), end - 0.5);
        }
        if (video.currentTime - ranges.start(0) > 2 * KEPT_BEHIND) {
          buffer.remove(ranges.start(0), video.currentTime - KEPT_BEHIND);
          return;
        }
      }
      if (waiting.length) {
        try {
          buffer.appendBuffer(waiting.shift());
        } catch (full) {
          if (full.name !== 'QuotaExceededError') throw full;
          waiting.length = 0;
          socket.close();
        }
      }
    }
  }

  function retry() {
    if (stopped) return;
    say('The connection was lost; trying again.');
    timer = setTimeout(connect, RETRY_MS);
  }

  function broken() {
    socket?.close();
  }

  video.addEventListener('error', broken);
  connect();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      video.removeEventListener('error', broken);
      socket?.close();
      video.removeAttribute('src');
      video.load();
    },
  };
}

function playable(Source) {
  const codecs = ['avc1.640029', 'avc1.64002A', 'avc1.640033', 'hvc1.1.6.L153.B0', 'av01.0.13M.08', 'vp09.00.51.08',
    'mp4a.40.2', 'mp4a.40.5', 'flac', 'opus'];
  return codecs.filter(codec => Source.isTypeSupported(`video/mp4; codecs="${codec}"`)).join();
}
