// The product with its scan messages handed to whoever is behind the binding `MESSAGES` instead of to the broker, which runs one
// batch at a time; and `/floor`: calls to AWS with nothing of the product around them.
const post = async ({ MESSAGES }, bodies) => {
  const said = await MESSAGES.fetch("http://messages", { method: "POST", body: JSON.stringify(bodies) });
  await said.arrayBuffer();
};

const queue = (env) => ({
  send: (body) => post(env, [body]),
  sendBatch: (messages) =>
    post(
      env,
      [...messages].map(({ body }) => body),
    ),
});

let wrapped;
const handed = (env) => (wrapped ??= { ...env, SCAN_TASKS: queue(env) });

/** So many calls, six at a time, as one invocation of the product makes them. */
async function floor({ AWS }, calls) {
  let left = calls;
  const drive = async () => {
    while (left > 0) {
      left -= 1;
      const said = await AWS.fetch("https://floor.amazonaws.com/floor");
      await said.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: 6 }, drive));
  return new Response(null, { status: 204 });
}

export const around = (product) => ({
  fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    return pathname === "/floor"
      ? floor(env, Number(searchParams.get("calls")))
      : product.fetch(request, handed(env), ctx);
  },
  queue: (batch, env, ctx) => product.queue(batch, handed(env), ctx),
  scheduled: (controller, env, ctx) => product.scheduled(controller, handed(env), ctx),
});
