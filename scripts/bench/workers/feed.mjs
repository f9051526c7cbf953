// The product, and a way to have an organization's feed publish frames: what a scan would tell, without the scan.
async function publish(request, env) {
  const { org, frames } = await request.json();
  return Response.json({ reached: await env.SCAN_FEED.getByName(org).publish(frames) });
}

export const around = (product) => ({
  fetch: (request, env, ctx) =>
    new URL(request.url).pathname === "/publish" ? publish(request, env) : product.fetch(request, env, ctx),
  queue: (batch, env, ctx) => product.queue(batch, env, ctx),
  scheduled: (controller, env, ctx) => product.scheduled(controller, env, ctx),
});
