import type { Credential } from "#db/api-keys";
import { orgContext, type OrgContext } from "#db/context";
import { parseWith } from "#lib/validate";
import { render, respond, type Rendered } from "./answer.ts";
import { authenticate, authorize, bearerOf } from "./authenticate.ts";
import { parseJson, readText } from "./body.ts";
import { ipOf, type Ctx } from "./context.ts";
import type { Endpoint, OpenEndpoint } from "./endpoint.ts";
import { passAddressGate, passGate } from "./gate.ts";
import { claimKey, type Claim } from "./idempotency.ts";
import { readInput, type Input } from "./input.ts";
import { readQuery } from "./validate.ts";

/** One authorised request: credentials → gate ∥ query → validation → idempotency → handler. */
export async function answer(c: Ctx, endpoint: Endpoint): Promise<Response> {
  c.set("route", endpoint.path);
  if (endpoint.answer) return endpoint.answer(c);
  const credential = await authenticate(c);
  const gate = passGate(c, credential, endpoint.group ?? null);
  if (endpoint.method === "get") return behindGate(gate, perform(c, endpoint, credential));
  await gate;
  return perform(c, endpoint, credential);
}

/** Both run side by side; nothing is answered, not even an error, before the gate has agreed. */
async function behindGate(gate: Promise<void>, work: Promise<Response>): Promise<Response> {
  const [passed, done] = await Promise.allSettled([gate, work]);
  if (passed.status === "rejected") throw passed.reason;
  if (done.status === "rejected") throw done.reason;
  return done.value;
}

async function perform(c: Ctx, endpoint: Endpoint, credential: Credential): Promise<Response> {
  authorize(endpoint, credential);
  const input = await readInput(c, endpoint, credential);
  const rendered = (value: unknown): Promise<Rendered> => render(c, endpoint, input, value);
  const claimed = await claimKey(c, endpoint, credential, input, rendered);
  if (claimed && "replay" in claimed) return respond(c, endpoint, claimed.replay);
  const claim = claimed?.claim ?? null;
  const org = contextOf(c, credential, claim);
  return respond(c, endpoint, await settled(claim, async () => rendered(await handle(endpoint, org, input))));
}

const handle = (
  endpoint: Endpoint,
  org: OrgContext,
  { params, query, body, page, ifMatch, waitSeconds, origin }: Input,
): Promise<unknown> => endpoint.handle({ org, params, query, body, page, ifMatch, waitSeconds, origin });

/** Keeps the answer with its Idempotency-Key; a refusal or crash had no effect and gives the key free. */
async function settled(claim: Claim | null, work: () => Promise<Rendered>): Promise<Rendered> {
  if (claim === null) return work();
  let rendered: Rendered;
  try {
    rendered = await work();
  } catch (error) {
    // Whether the key could be freed does not change what is told; if not, it is free when it goes stale.
    await claim.release().catch(() => undefined);
    throw error;
  }
  await claim.settle(rendered);
  return rendered;
}

function contextOf(c: Ctx, credential: Credential, claim: Claim | null): OrgContext {
  return orgContext({
    env: c.env,
    orgId: credential.orgId,
    shard: credential.shard,
    actor: { type: "api_key", id: credential.keyId, name: credential.name },
    role: credential.role,
    now: c.var.now,
    requestId: c.var.requestId,
    ip: ipOf(c),
    userAgent: c.req.header("user-agent") ?? null,
    meter: c.var.cost.meter,
    claim,
    waitUntil: (promise) => c.executionCtx.waitUntil(promise),
  });
}

/** A request for which no API key is needed. */
export async function answerOpen(c: Ctx, endpoint: OpenEndpoint): Promise<Response> {
  c.set("route", endpoint.path);
  if (endpoint.group) await passAddressGate(c, endpoint.group);
  readQuery(new URL(c.req.url), []);
  const { reply } = endpoint;
  const body = endpoint.body
    ? parseWith(endpoint.body, "body", parseJson(c.req.raw, await readText(c.req.raw)))
    : undefined;
  const value = await endpoint.handle({
    env: c.env,
    now: c.var.now,
    requestId: c.var.requestId,
    origin: new URL(c.req.url).origin,
    ip: ipOf(c),
    userAgent: c.req.header("user-agent") ?? null,
    bearer: bearerOf(c.req.raw.headers),
    body,
    waitUntil: (promise) => c.executionCtx.waitUntil(promise),
  });
  const headers = {
    "Content-Type": reply.kind === "text" ? reply.mediaType : "application/json",
    "Cache-Control": endpoint.maxAgeSeconds === undefined ? "no-store" : `public, max-age=${endpoint.maxAgeSeconds}`,
  };
  const status = endpoint.status ?? 200;
  if (reply.kind === "text") return new Response(String(value), { status, headers });
  const data = reply.kind === "one" ? reply.body(value, c.var.now) : null;
  return new Response(JSON.stringify({ data }), { status, headers });
}
