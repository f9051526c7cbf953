// A client that keeps its connections and costs little beside what it measures.
import { once } from "node:events";
import { connect } from "node:net";

/** Whether a whole answer has arrived, and its length. Answers carry their length or are chunked. */
function wholeLength(buffer) {
  const end = buffer.indexOf("\r\n\r\n");
  if (end < 0) return 0;
  const head = buffer.latin1Slice(0, end);
  const [, length] = /^content-length: (\d+)/im.exec(head) ?? [];
  if (length !== undefined) {
    const size = end + 4 + Number(length);
    return buffer.length >= size ? size : 0;
  }
  const last = buffer.indexOf("\r\n0\r\n\r\n", end + 2);
  return last < 0 ? 0 : last + 7;
}

const statusOf = (buffer) => Number(buffer.latin1Slice(9, 12));

/** One connection; `ask` sends the request and answers its status and milliseconds. */
export async function open(url, headers = {}) {
  const { host, hostname, port, pathname, search } = new URL(url);
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = Buffer.from(`GET ${pathname}${search} HTTP/1.1\r\n${lines.join("")}\r\n`);
  const socket = connect(Number(port), hostname).setNoDelay(true);
  await once(socket, "connect");
  let received = Buffer.alloc(0);
  let waiting;
  socket.on("data", (data) => {
    received = received.length === 0 ? data : Buffer.concat([received, data]);
    if (wholeLength(received) === 0) return;
    const status = statusOf(received);
    received = Buffer.alloc(0);
    waiting.resolve(status);
  });
  const fail = () => waiting?.reject(new Error(`${url}: the connection ended`));
  socket.on("error", fail).on("close", fail);
  const ask = async () => {
    waiting = Promise.withResolvers();
    const start = performance.now();
    socket.write(request);
    const status = await waiting.promise;
    return { status, ms: performance.now() - start };
  };
  const close = () => {
    waiting = undefined;
    socket.destroy();
  };
  return { ask, close };
}

/** Asks over so many connections for so long; answers every duration in milliseconds, and how long it took in all. */
export async function load({ url, headers, connections, durationMs }) {
  const clients = await Promise.all(Array.from({ length: connections }, () => open(url, headers)));
  const durations = [];
  const start = performance.now();
  const until = start + durationMs;
  const drive = async ({ ask }) => {
    while (performance.now() < until) {
      const { status, ms } = await ask();
      if (status !== 200) throw new Error(`${url} answered ${status}`);
      durations.push(ms);
    }
  };
  await Promise.all(clients.map(drive));
  const seconds = (performance.now() - start) / 1000;
  for (const { close } of clients) close();
  return { durations: durations.toSorted((a, b) => a - b), rps: durations.length / seconds };
}

/** Of sorted numbers. */
export const quantile = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

export const median = (numbers) =>
  quantile(
    numbers.toSorted((a, b) => a - b),
    0.5,
  );
