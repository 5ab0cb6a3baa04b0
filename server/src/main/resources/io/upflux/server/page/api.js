/** The server's HTTP interface. What it refuses becomes an Error with the problem's own words (RFC 9457). */

const V1 = '/api/v1';

async function refused(answer) {
  let detail = answer.statusText;
  try {
    detail = (await answer.json()).detail ?? detail;
  } catch (notJson) {
    // The status has to do.
  }
  return Object.assign(new Error(detail), {status: answer.status});
}

async function ask(method, path, body) {
  const options = {method, cache: 'no-store'};
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = {'Content-Type': 'application/json'};
  }
  const answer = await fetch(V1 + path, options);
  if (!answer.ok) throw await refused(answer);
  return answer.status === 204 ? null : answer.json();
}

const part = encodeURIComponent;

export const streams = async () => (await ask('GET', '/streams')).streams;
export const addStream = settings => ask('POST', '/streams', settings);
export const removeStream = name => ask('DELETE', `/streams/${part(name)}`);
export const models = async () => (await ask('GET', '/models')).models;

export const jobs = async () => (await ask('GET', '/jobs')).jobs;
export const changeJob = (id, state) => ask('PATCH', `/jobs/${part(id)}`, {state});
export const removeJob = id => ask('DELETE', `/jobs/${part(id)}`);
export const jobOutput = id => `${V1}/jobs/${part(id)}/output`;
export const jobPicture = (id, frame) => `${V1}/jobs/${part(id)}/picture?frame=${frame}`;
export const jobEvents = id => new EventSource(`${V1}/jobs/${part(id)}/events`);

/** Sends a file; fetch() cannot tell how far it has come. */
export function upload(file, scale, progressed) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${V1}/jobs?name=${part(file.name)}&scale=${part(scale)}`);
    request.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
    request.upload.onprogress = event => progressed(event.loaded / Math.max(1, event.total));
    request.onerror = () => failed(new Error('The connection was lost.'));
    request.onload = () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch (notJson) {
        // The status has to do.
      }
      if (request.status < 300) done(answer);
      else failed(Object.assign(new Error(answer.detail ?? request.statusText), {status: request.status}));
    };
    request.send(file);
  });
}

/** A WebSocket of this server. */
export function socket(path) {
  const url = new URL(path, location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  const opened = new WebSocket(url);
  opened.binaryType = 'arraybuffer';
  return opened;
}

export const live = name => {
  const path = part(name);
  return {
    hls: `/live/${path}/index.m3u8`,
    ts: `/live/${path}.ts`,
    mp4: `/live/${path}.mp4`,
    mjpeg: `/api/stream.mjpeg?src=${path}`,
    jpeg: `/api/frame.jpeg?src=${path}`,
    mse: `/api/ws?src=${path}`,
    preview: `/api/preview?src=${path}`,
  };
};
