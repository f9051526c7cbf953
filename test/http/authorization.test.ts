import { describe, it } from "vitest";
import { roles, scopes } from "#db/access";
import { makeKey } from "#db/key-format";
import { newId } from "#lib/id";
import { api, send, type Answer } from "../support/api.ts";
import { operations, type Found } from "../support/openapi.ts";
import { makeApiKey, makeOrg, type TestOrg } from "../support/org.ts";
import { samples } from "../support/samples.ts";

/** Everybody may ask these. The list only ever shrinks. */
const open = [
  "bootstrap",
  "getApiHealth",
  "getHealth",
  "getIssuer",
  "getIssuerKeys",
  "getMetrics",
  "getOpenApi",
  "listProblems",
];

const guarded = operations.filter(({ operation }) => operation.security === undefined);

interface ProblemBody {
  readonly code: string;
}

const filled = (path: string, params: Readonly<Record<string, string>>): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? "")).replace("/api/v1", "");

async function requestOf({ method, path, operation }: Found, org: TestOrg, params?: Readonly<Record<string, string>>) {
  const sample = samples[operation.operationId];
  const given = params ?? (await sample?.params?.(org)) ?? {};
  const body =
    typeof sample?.body === "function" ? await (sample.body as (org: TestOrg) => Promise<object>)(org) : sample?.body;
  const url = filled(path, given) + (sample?.query ? `?${sample.query}` : "");
  return (headers: Readonly<Record<string, string>>): Promise<Answer<ProblemBody>> =>
    send(method, url, { headers, ...(body === undefined ? {} : { body }) });
}

const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
/** Unknown keys are paid for by their address: every operation has one of its own. */
const address = (index: number) => ({ "CF-Connecting-IP": `192.0.2.${index % 250}` });

describe("every operation", () => {
  it("is open on purpose or guarded", ({ expect }) => {
    const openOnes = operations.filter(({ operation }) => operation.security !== undefined);
    expect(openOnes.map(({ operation }) => operation.operationId).toSorted()).toEqual(open);
  });

  it("has a sample request", ({ expect }) => {
    const missing = guarded.map(({ operation }) => operation.operationId).filter((id) => samples[id] === undefined);
    expect(missing).toEqual([]);
  });
});

describe.each(
  guarded
    .filter(({ operation }) => samples[operation.operationId])
    .map((found, index) => ({ found, index, name: found.operation.operationId })),
)("$name", ({ found, index }) => {
  const { operation } = found;

  it("401: without a key, with a wrong checksum, with an unknown key", async ({ expect }) => {
    const request = await requestOf(found, await makeOrg());
    const known = makeKey();
    const misspelt = known.slice(0, -1) + (known.endsWith("0") ? "1" : "0");
    for (const headers of [{}, bearer(misspelt), { ...bearer(makeKey()), ...address(index) }]) {
      const answer = await request(headers);
      expect([answer.status, answer.body.code]).toEqual([401, "UNAUTHORIZED"]);
    }
  });

  it("401: with a key on the very next request after its revocation", async ({ expect }) => {
    const org = await makeOrg();
    const { key, id } = await makeApiKey(org.id);
    expect((await api(key).get("/whoami")).status).toBe(200);
    expect((await api(org.keys.admin).post(`/api-keys/${id}/revoke`)).status).toBe(200);
    const answer = await (await requestOf(found, org))(bearer(key));
    expect([answer.status, answer.body.code]).toEqual([401, "KEY_REVOKED"]);
  });

  it("403: with every other scope and with every lower role", async ({ expect }) => {
    const org = await makeOrg();
    const request = await requestOf(found, org);
    const needed = operation["x-required-scope"];
    if (needed !== undefined) {
      const { key } = await makeApiKey(org.id, { scopes: scopes.filter((scope) => scope !== needed) });
      const answer = await request(bearer(key));
      expect([answer.status, answer.body]).toMatchObject([403, { code: "MISSING_SCOPE", requiredScope: needed }]);
    }
    for (const role of roles.slice(
      0,
      roles.findIndex((name) => name === operation["x-required-role"]),
    )) {
      const answer = await request(bearer(org.keys[role]));
      expect([role, answer.status, answer.body.code]).toEqual([role, 403, "FORBIDDEN"]);
    }
  });

  it.runIf(found.path.includes("{") && !samples[operation.operationId]?.isCommon)(
    "404: for another organization's id, the same as for a missing one",
    async ({ expect }) => {
      const [owner, stranger] = [await makeOrg(), await makeOrg()];
      const foreign = (await samples[operation.operationId]?.params?.(owner)) ?? {};
      const missing = Object.fromEntries(Object.keys(foreign).map((name) => [name, newId()]));
      const [ofForeign, ofMissing] = await Promise.all(
        [foreign, missing].map(async (params) =>
          (await requestOf(found, stranger, params))(bearer(stranger.keys.admin)),
        ),
      );
      const shown = (answer: Answer<ProblemBody> | undefined) => ({ ...answer?.body, requestId: "", instance: "" });
      expect(ofForeign?.status).toBe(404);
      expect(shown(ofForeign)).toEqual(shown(ofMissing));
    },
  );

  it("2xx: for an admin, as documented", async ({ expect }) => {
    const org = await makeOrg();
    const answer = await (await requestOf(found, org))(bearer(org.keys.admin));
    expect(answer.status, answer.text).toBeLessThan(300);
  });
});
