// A client of the live feed: Node's own WebSocket.

/**
 * Opens a socket. `frames` are what came, `closed` resolves with the code and the reason, `until(test)` with the first frame
 * that passes it.
 */
export function openSocket(url, protocols = []) {
  const socket = new WebSocket(url.replace(/^http/, "ws"), protocols);
  const frames = [];
  const waiting = new Set();
  const openedAt = Date.now();
  const opened = new Promise((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error(`The socket ${url} could not be opened.`)));
  });
  const closed = new Promise((resolve) => {
    socket.addEventListener("close", ({ code, reason }) => {
      resolve({ code, reason, afterMs: Date.now() - openedAt });
      for (const look of waiting) look(null, code, reason);
    });
  });
  socket.addEventListener("message", ({ data }) => {
    const frame = JSON.parse(data);
    frames.push(frame);
    for (const look of waiting) look(frame);
  });
  const until = (test) => {
    const seen = frames.find(test);
    if (seen) return Promise.resolve(seen);
    return new Promise((resolve, reject) => {
      const look = (frame, code, reason) => {
        if (frame !== null && !test(frame)) return;
        waiting.delete(look);
        if (frame === null)
          reject(new Error(`The socket was closed: ${code} ${reason}. It said: ${JSON.stringify(frames.slice(-2))}`));
        else resolve(frame);
      };
      waiting.add(look);
    });
  };
  const send = (message) => socket.send(typeof message === "string" ? message : JSON.stringify(message));
  return { frames, opened, closed, until, send, close: () => socket.close(), protocol: () => socket.protocol };
}

/** A socket of one scan whose first message was the key. */
export async function watch({ origin, key }, scanId) {
  for (;;) {
    const socket = openSocket(`${origin}/api/v1/scans/${scanId}/ws`);
    await socket.opened;
    socket.send({ type: "auth", token: key });
    const ready = await socket.until(({ type }) => type === "ready").catch(() => null);
    // A machine that is busy may not have let the key through in time.
    if (ready || (await socket.closed).reason !== "auth_timeout") return socket;
  }
}
