// Hands every request on to the front outside of workerd, with the host it was meant for.
export default {
  async fetch(request, { FRONT_URL }) {
    const { host, pathname, search } = new URL(request.url);
    const headers = new Headers(request.headers);
    headers.set("x-original-host", host);
    const body = request.body ? await request.arrayBuffer() : undefined;
    return fetch(`${FRONT_URL}${pathname}${search}`, { method: request.method, headers, body, redirect: "manual" });
  },
};
