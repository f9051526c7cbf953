// Watchers without a connection of their own: sockets to the product that end in this Worker, one for each key. Answers a line
// for each frame: which socket, and the frame's type.
export default {
  async fetch(request, env) {
    const keys = await request.json();
    const { readable, writable } = new TransformStream();
    const writer = writable.getWriter();
    const encoder = new TextEncoder();
    for (const [at, key] of keys.entries()) {
      const headers = { Upgrade: "websocket", Authorization: `Bearer ${key}` };
      const { webSocket } = await env.CLOUDGLASS.fetch("https://cloudglass.example/api/v1/ws", { headers });
      webSocket.addEventListener("message", ({ data }) =>
        writer.write(encoder.encode(`${at} ${JSON.parse(data).type}\n`)),
      );
      webSocket.accept();
    }
    return new Response(readable);
  },
};
