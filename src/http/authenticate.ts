import { allows, roleAtLeast } from "#db/access";
import { findApiKey, type Credential } from "#db/api-keys";
import { isWellFormedKey } from "#db/key-format";
import { Fault } from "#lib/fault";
import type { Ctx } from "./context.ts";
import type { Endpoint } from "./endpoint.ts";
import { passAddressGate, refuseDeniedAddress } from "./gate.ts";

const bearerPattern = /^Bearer +([^\s]+)$/i;

/** The text behind `Authorization: Bearer`; null when the header is missing or of another scheme. */
export const bearerOf = (headers: Headers): string | null =>
  bearerPattern.exec(headers.get("authorization") ?? "")?.[1] ?? null;

/** The one credential of a request. Faults: UNAUTHORIZED without one, AMBIGUOUS_CREDENTIALS with two that differ. */
export function credentialOf(headers: Headers): string {
  const authorization = headers.get("authorization");
  const apiKey = headers.get("x-api-key");
  const bearer = bearerOf(headers);
  if (authorization !== null && apiKey !== null && bearer !== apiKey) {
    throw new Fault(
      "AMBIGUOUS_CREDENTIALS",
      "Send `Authorization: Bearer` or `X-API-Key`, not two different credentials.",
    );
  }
  const credential = apiKey ?? bearer;
  if (credential === null || credential === "") {
    throw new Fault("UNAUTHORIZED", "Send an API key as `Authorization: Bearer cg_live_…` or `X-API-Key: cg_live_…`.");
  }
  return credential;
}

/** Whose request it is. A key nobody knows is paid for by the address it came from. */
export async function authenticate(c: Ctx, key = credentialOf(c.req.raw.headers)): Promise<Credential> {
  const credential = await findApiKey(c.env, key, {
    now: c.var.now,
    waitUntil: (promise) => c.executionCtx.waitUntil(promise),
    cost: c.var.cost,
    beforeDatabase: () => refuseDeniedAddress(c, "auth"),
  }).catch(async (error: unknown) => {
    if (error instanceof Fault && error.code === "UNAUTHORIZED" && isWellFormedKey(key))
      await passAddressGate(c, "auth");
    throw error;
  });
  c.set("credential", credential);
  return credential;
}

/** Faults: MISSING_SCOPE, FORBIDDEN. */
export function authorize({ scope, role }: Pick<Endpoint, "scope" | "role">, credential: Credential): void {
  if (scope !== null && !allows(credential.scopes, scope)) {
    throw new Fault("MISSING_SCOPE", `This needs a key with the scope \`${scope}\`.`, {
      members: { requiredScope: scope },
    });
  }
  if (!roleAtLeast(credential.role, role)) {
    throw new Fault("FORBIDDEN", `This needs the role \`${role}\`; your key has \`${credential.role}\`.`, {
      members: { requiredRole: role },
    });
  }
}
