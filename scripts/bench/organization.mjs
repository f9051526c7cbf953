// An organization over HTTP, as an operator would make it, and what its requests cost.

const bootstrapToken = "bootstrap-token-for-development";

const roomy = {
  perCredentialPerMinute: 100_000,
  perOrganizationPerMinute: 100_000,
  scanCreationPerMinute: 100_000,
  keyCreationPerMinute: 100_000,
  webhookTestPerMinute: 100_000,
};

/** What an answer to an admin tells of its cost. */
export function costOf(headers) {
  const told = headers.get("server-timing") ?? "";
  const figure = (name) => Number(new RegExp(String.raw`\b${name}=(\d+)`).exec(told)?.[1] ?? Number.NaN);
  return {
    rowsRead: figure("rows_read"),
    rowsWritten: figure("rows_written"),
    roundTrips: figure("round_trips"),
    kvReads: figure("reads"),
    gateCalls: figure("calls"),
  };
}

/** A caller of the API; answers the body, the status and the cost, and throws what is not 2xx. */
export const caller =
  (origin, key) =>
  async (method, route, body, more = {}) => {
    const answer = await fetch(`${origin}/api/v1${route}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { "content-type": "application/json" }), ...more },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${route} answered ${answer.status}: ${text.slice(0, 500)}`);
    return { status: answer.status, body: text === "" ? null : JSON.parse(text), cost: costOf(answer.headers) };
  };

/** The first organization of a new runtime, with an admin key and room for a benchmark. */
export async function makeOrganization(origin) {
  const { body } = await caller(origin, bootstrapToken)("POST", "/bootstrap", { name: "Benchmark", slug: "benchmark" });
  const { organization, key } = body.data;
  const call = caller(origin, key.key);
  await call("PATCH", "/organization/settings", { limits: roomy });
  return { id: organization.id, key: key.key, call, origin };
}

/** Another admin key, which no cache knows. */
export async function newKey({ call }, name = "benchmark") {
  const { body } = await call("POST", "/api-keys", { name, role: "admin", scopes: ["*"] });
  return body.data.key;
}
