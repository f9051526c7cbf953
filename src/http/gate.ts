import type { Credential } from "#db/api-keys";
import { forgetKey, keyRevoked } from "#db/api-keys";
import { Fault } from "#lib/fault";
import { sha256Hex } from "#lib/hash";
import { rateLimited, secondsUntilOpen, type Admission } from "./admission.ts";
import { ipOf, type Ctx } from "./context.ts";
import type { RateLimitGroup } from "./endpoint.ts";

/** Denials that this isolate knows of: while they last, the gate need not be asked. */
const denials = new Map<string, { readonly admission: Admission; readonly at: number; readonly until: number }>();
const denialsMax = 10_000;

/** Whom a used-up window stops. */
function subjectOf(name: string, orgId: string, credentialId: string): string {
  return name === "default" ? `${orgId}/key/${credentialId}` : `${orgId}/${name}`;
}

/**
 * Asks the organization's gate whether this request may go on: one call for limits and revocation. Faults: RATE_LIMITED,
 * KEY_REVOKED, and UNAVAILABLE when the gate cannot be reached: without it nobody is let in.
 */
export async function passGate(c: Ctx, credential: Credential, group: RateLimitGroup | null): Promise<void> {
  const { orgId, keyId } = credential;
  const nowMs = c.var.now.getTime();
  const names = ["default", "org", "hour", ...(group === null ? [] : [group])];
  const denied = names.map((name) => denialOf(subjectOf(name, orgId, keyId), nowMs)).find((known) => known !== null);
  const admission = denied ?? (await ask(c, orgId, (gate) => gate.admit({ credentialId: keyId, group, nowMs })));
  c.set("admission", admission);
  if (admission.revoked) {
    forgetKey(credential.hash);
    throw keyRevoked();
  }
  if (admission.admitted) return;
  if (!denied) for (const name of admission.violated) noteDenial(subjectOf(name, orgId, keyId), admission, nowMs);
  throw rateLimited(admission);
}

/** Limits of an address: what comes without a good credential is paid from here. */
export async function passAddressGate(c: Ctx, group: "auth" | "login" | "ws-connect"): Promise<void> {
  const nowMs = c.var.now.getTime();
  const name = await addressOf(c);
  const denied = denialOf(`${name}/${group}`, nowMs);
  const admission = denied ?? (await ask(c, name, (gate) => gate.admitIp({ group, nowMs })));
  c.set("admission", admission);
  if (admission.admitted) return;
  if (!denied) noteDenial(`${name}/${group}`, admission, nowMs);
  throw rateLimited(admission);
}

/** Refuses an address that this isolate knows to have used its limit up; asks nobody. */
export async function refuseDeniedAddress(c: Ctx, group: "auth"): Promise<void> {
  const denied = denialOf(`${await addressOf(c)}/${group}`, c.var.now.getTime());
  if (denied) throw rateLimited(denied);
}

const addressOf = async (c: Ctx): Promise<string> => `ip:${await sha256Hex(ipOf(c) ?? "")}`;

function denialOf(subject: string, nowMs: number): Admission | null {
  const known = denials.get(subject);
  if (!known || known.until <= nowMs) return null;
  const passed = Math.floor((nowMs - known.at) / 1000);
  const windows = known.admission.windows.map((window) => ({
    ...window,
    resetSeconds: Math.max(1, window.resetSeconds - passed),
  }));
  return { ...known.admission, windows };
}

function noteDenial(subject: string, admission: Admission, nowMs: number): void {
  denials.delete(subject);
  denials.set(subject, { admission, at: nowMs, until: nowMs + secondsUntilOpen(admission) * 1000 });
  const [oldest] = denials.keys();
  if (denials.size > denialsMax && oldest !== undefined) denials.delete(oldest);
}

type Gate = ReturnType<Ctx["env"]["ORG_GATE"]["getByName"]>;

/** One retry on a fresh stub, as a stub that threw stays broken; an overloaded object is left in peace. */
async function ask(c: Ctx, name: string, call: (gate: Gate) => Promise<Admission>): Promise<Admission> {
  for (let attempt = 1; ; attempt += 1) {
    c.var.cost.gateCalls += 1;
    try {
      return await call(c.env.ORG_GATE.getByName(name));
    } catch (cause) {
      if (attempt === 2 || isOverloaded(cause)) {
        throw new Fault("UNAVAILABLE", "Limits cannot be checked right now. Try again.", {
          cause,
          members: { retryAfterSeconds: 1 },
        });
      }
    }
  }
}

const isOverloaded = (error: unknown): boolean =>
  error instanceof Error && "overloaded" in error && error.overloaded === true;
