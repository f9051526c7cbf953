// A webhook's receiver, as somebody would write it in three lines; it remembers what came.
import { createServer } from "node:http";

/** `answer(delivery)` gives the status; 204 unless said. `received` are the deliveries, in the order they came. */
export async function startReceiver({ port = 0, answer = () => 204 } = {}) {
  const received = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const delivery = { method: request.method, headers: request.headers, body, atMs: Date.now() };
    received.push(delivery);
    response.writeHead(answer(delivery)).end();
  });
  await new Promise((resolve) => {
    server.listen(port, "127.0.0.1", resolve);
  });
  const events = (name) => received.map(({ body }) => JSON.parse(body)).filter(({ event }) => event === name);
  const close = () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    });
  return { url: `http://127.0.0.1:${server.address().port}/hooks`, received, events, close };
}
