import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { orgContext } from "#db/context";
import { masterKeys, open } from "#lib/secrets";
import { connectAccount } from "../../../src/modules/accounts/connect.ts";
import { purgeAccounts } from "../../../src/modules/accounts/purge-all.ts";
import { accountOfAccessKey } from "../../../src/modules/accounts/operator.ts";
import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import { derive, keptAndDerived } from "../findings/derived.ts";
import { accountRow, at, getList, idAt, insertRows, makeWorld, quietOrg, rowsOf, type Row } from "../findings/world.ts";

type Body = { data: Record<string, unknown> & { id: string } };
const secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const accessKey = { method: "access_key", accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey };
const roleIn = (account: string) => ({ method: "role", roleArn: `arn:aws:iam::${account}:role/cloudglass` });
const input = (awsAccountId: string, credential: object = roleIn(awsAccountId)) => ({
  name: "Production",
  environment: "production",
  awsAccountId,
  credential,
});
const connect = (org: TestOrg, body: object) => api(org.keys.admin).post<Body>("/accounts", body);

describe("POST /accounts", () => {
  it("201: with a role, tells the external id and the trust policy once and never again", async ({ expect }) => {
    const org = await quietOrg();
    const made = await connect(org, input("123456789012"));
    expect(made.status).toBe(201);
    expect(made.headers.get("location")).toBe(`/api/v1/accounts/${made.body.data.id}`);
    const externalId = String(made.body.data["externalId"]);
    expect(externalId).toMatch(/^cg-[0-9a-f]{32}$/);
    expect(made.body.data).toMatchObject({
      status: "pending",
      credentialMethod: "role",
      trustPolicy: {
        Statement: [{ Action: "sts:AssumeRole", Condition: { StringEquals: { "sts:ExternalId": externalId } } }],
      },
    });
    const answers = [
      await api(org.keys.admin).get(`/accounts/${made.body.data.id}`),
      await api(org.keys.admin).get("/accounts/123456789012"),
      await api(org.keys.admin).get("/accounts"),
      await api(org.keys.admin).patch(`/accounts/${made.body.data.id}`, { name: "Renamed" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    for (const { text } of answers) expect(text).not.toMatch(new RegExp(`${externalId}|role/cloudglass`));
    expect(JSON.stringify(await rowsOf("audit_log", org.id))).not.toMatch(new RegExp(`${externalId}|role/cloudglass`));
  });

  it("201: an access key is sealed to its account and stands nowhere else", async ({ expect }) => {
    const org = await quietOrg();
    const made = await connect(org, input("123456789012", accessKey));
    expect(made.status).toBe(201);
    expect(made.body.data).toMatchObject({ credentialMethod: "access_key", externalId: null, trustPolicy: null });
    const [row] = await rowsOf("accounts", org.id);
    const credential = JSON.parse(String(row?.["credential"])) as { sealedSecret: string };
    const subject = `${org.id}/${made.body.data.id}/secret`;
    await expect(open(masterKeys(env.MASTER_KEYS), "credential", subject, credential.sealedSecret)).resolves.toBe(
      secretAccessKey,
    );
    await expect(
      open(masterKeys(env.MASTER_KEYS), "credential", `${org.id}/other/secret`, credential.sealedSecret),
    ).rejects.toThrow();
    const everything = JSON.stringify([made.body, row, await rowsOf("audit_log", org.id)]);
    expect(everything).not.toContain(secretAccessKey);
    expect(JSON.stringify([made.body, await rowsOf("audit_log", org.id)])).not.toMatch(
      /AKIAIOSFODNN7EXAMPLE|sealedSecret"/,
    );
  });

  it("409: the same AWS account twice; another organization may have it too", async ({ expect }) => {
    const [org, other] = [await quietOrg(), await quietOrg()];
    expect((await connect(org, input("123456789012"))).status).toBe(201);
    const again = await connect(org, input("123456789012", accessKey));
    expect([again.status, (again.body as unknown as { code: string }).code]).toEqual([409, "CONFLICT"]);
    expect((await connect(other, input("123456789012"))).status).toBe(201);
    expect(await rowsOf("audit_log", org.id)).toHaveLength(1);
  });

  it("400: another account's role, a wrong secret, an unknown region; 403: not an admin", async ({ expect }) => {
    const org = await quietOrg();
    const wrong = await connect(org, input("123456789012", roleIn("999999999999")));
    expect(wrong.body).toMatchObject({
      code: "INVALID_REQUEST",
      errors: [{ in: "body", pointer: "/credential/roleArn" }],
    });
    expect((await connect(org, input("123456789012", { ...accessKey, secretAccessKey: "short" }))).status).toBe(400);
    expect((await connect(org, { ...input("123456789012"), regions: ["moon-1"] })).status).toBe(400);
    expect((await connect(org, { ...input("12345"), credential: accessKey })).status).toBe(400);
    expect((await api(org.keys.editor).post("/accounts", input("123456789012"))).status).toBe(403);
    expect(await rowsOf("accounts", org.id)).toEqual([]);
  });

  it("a deployment without a principal of its own refuses roles, not access keys", async ({ expect }) => {
    const org = await quietOrg();
    const { OPERATOR_ACCESS_KEY_ID: _, ...bare } = env;
    const context = () =>
      orgContext({
        env: bare,
        orgId: org.id,
        shard: 0,
        now: new Date(),
        role: "admin" as const,
        waitUntil: () => undefined,
        actor: { type: "system", id: "system", name: "test" },
      });
    const account = {
      name: "A",
      environment: "production",
      awsAccountId: "123456789012",
      regions: null,
      services: null,
      pace: null,
    };
    await expect(
      connectAccount(context(), {
        ...account,
        credential: { method: "role", roleArn: "arn:aws:iam::123456789012:role/x" },
      }),
    ).rejects.toMatchObject({ code: "METHOD_UNAVAILABLE" });
    const connected = await connectAccount(context(), {
      ...account,
      credential: { method: "access_key", accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey },
    });
    expect(connected.handshake).toBeNull();
  });

  it("reads an account's number from its access key", ({ expect }) => {
    expect(accountOfAccessKey("ASIAQNZGKIQY56JQ7WML")).toBe("029608264753");
    expect(accountOfAccessKey("AKIA1")).toBeNull();
  });
});

describe("PATCH and PUT /accounts/{id}", () => {
  it("200: merges, counts the version up and writes one audit row without secrets", async ({ expect }) => {
    const org = await quietOrg();
    const { id } = (await connect(org, { ...input("123456789012"), regions: ["us-east-1", "eu-west-1"] })).body.data;
    const changed = await api(org.keys.admin).patch<Body>(
      `/accounts/${id}`,
      { environment: "staging", services: ["security_groups", "alb"] },
      { "If-Match": '"1"' },
    );
    expect(changed.status).toBe(200);
    expect(changed.headers.get("etag")).toBe('"2"');
    expect(changed.body.data).toMatchObject({
      name: "Production",
      environment: "staging",
      enabledRegions: ["eu-west-1", "us-east-1"],
      enabledServices: ["ec2", "elbv2"],
      externalId: null,
    });
    const cleared = await api(org.keys.admin).patch<Body>("/accounts/123456789012", { regions: null });
    expect(cleared.body.data["enabledRegions"]).toBeNull();
    const replaced = await api(org.keys.admin).put<Body>(`/accounts/${id}`, { name: "New", environment: "test" });
    expect(replaced.body.data).toMatchObject({
      name: "New",
      environment: "test",
      enabledRegions: null,
      enabledServices: null,
      credentialMethod: "role",
    });
    const audit = await rowsOf("audit_log", org.id);
    expect(audit.map(({ action }) => action)).toEqual([
      "account.connect",
      "account.update",
      "account.update",
      "account.update",
    ]);
  });

  it("200: rotates the credential and tells the new external id once", async ({ expect }) => {
    const org = await quietOrg();
    const made = (await connect(org, input("123456789012", accessKey))).body.data;
    const rotated = await api(org.keys.admin).patch<Body>(`/accounts/${made.id}`, {
      credential: roleIn("123456789012"),
    });
    expect(rotated.body.data).toMatchObject({ credentialMethod: "role", externalId: expect.stringMatching(/^cg-/) });
    const again = await api(org.keys.admin).patch<Body>(`/accounts/${made.id}`, { credential: roleIn("123456789012") });
    expect(again.body.data["externalId"]).not.toBe(rotated.body.data["externalId"]);
  });

  it("412: a stale If-Match names the current version and changes nothing; 404: another organization's", async ({
    expect,
  }) => {
    const org = await quietOrg();
    const { id } = (await connect(org, input("123456789012"))).body.data;
    await api(org.keys.admin).patch(`/accounts/${id}`, { name: "Two" });
    const attempts = [
      await api(org.keys.admin).patch(`/accounts/${id}`, { name: "Three" }, { "If-Match": '"1"' }),
      await api(org.keys.admin).put(`/accounts/${id}`, { name: "Three", environment: "test" }, { "If-Match": '"1"' }),
      await api(org.keys.admin).delete(`/accounts/${id}`, { "If-Match": '"1"' }),
    ];
    for (const { status, body } of attempts)
      expect([status, body]).toEqual([
        412,
        expect.objectContaining({ code: "PRECONDITION_FAILED", currentVersion: 2 }),
      ]);
    expect(await rowsOf("accounts", org.id)).toMatchObject([{ name: "Two", version: 2 }]);
    expect(await rowsOf("audit_log", org.id)).toHaveLength(2);
    const stranger = await quietOrg();
    expect((await api(stranger.keys.admin).patch(`/accounts/${id}`, { name: "Mine" })).status).toBe(404);
    expect((await api(stranger.keys.admin).delete("/accounts/123456789012")).status).toBe(404);
    expect((await api(stranger.keys.admin).get(`/accounts/${id}`)).status).toBe(404);
  });

  it("200: of 20 changes at once with the same If-Match one is made", async ({ expect }) => {
    const org = await quietOrg();
    const { id } = (await connect(org, input("123456789012"))).body.data;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        api(org.keys.admin).patch(`/accounts/${id}`, { name: `N${n}` }, { "If-Match": '"1"' }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200,
      ...Array<number>(19).fill(412),
    ]);
  });
});

describe("the pace of an account", () => {
  it("200: is as usual when null, merged by PATCH and replaced by PUT", async ({ expect }) => {
    const org = await quietOrg();
    const made = await connect(org, { ...input("123456789012"), pace: { tasksAtOnce: 4 } });
    const { id } = made.body.data;
    const patch = async (pace: unknown) =>
      (await api(org.keys.admin).patch<Body>(`/accounts/${id}`, { pace })).body.data["pace"];
    expect(made.body.data["pace"]).toEqual({ tasksAtOnce: 4 });
    expect(await patch({ requestsPerSecond: 5 })).toEqual({ tasksAtOnce: 4, requestsPerSecond: 5 });
    expect(await patch({ tasksAtOnce: null })).toEqual({ requestsPerSecond: 5 });
    expect(await patch({ requestsPerSecond: null })).toBeNull();
    expect(await patch({ callsPerTask: 2_000, tasksAtOnce: 64 })).toEqual({ callsPerTask: 2_000, tasksAtOnce: 64 });
    expect((await api(org.keys.admin).patch<Body>(`/accounts/${id}`, { name: "N" })).body.data["pace"]).not.toBeNull();
    const put = (body: object) =>
      api(org.keys.admin).put<Body>(`/accounts/${id}`, { name: "N", environment: "test", ...body });
    expect((await put({ pace: { callsPerTask: 7 } })).body.data["pace"]).toEqual({ callsPerTask: 7 });
    expect((await put({})).body.data["pace"]).toBeNull();
    expect((await connect(org, input("123456789013"))).body.data["pace"]).toBeNull();
  });

  it("400: outside of what AWS and Workers bear", async ({ expect }) => {
    const org = await quietOrg();
    const { id } = (await connect(org, input("123456789012"))).body.data;
    const wrong = [
      { tasksAtOnce: 0 },
      { tasksAtOnce: 65 },
      { callsPerTask: 2_001 },
      { requestsPerSecond: 101 },
      { requestsPerSecond: 1.5 },
      { another: 1 },
    ];
    for (const pace of wrong) {
      expect((await api(org.keys.admin).patch(`/accounts/${id}`, { pace })).status).toBe(400);
      expect((await connect(org, { ...input("123456789013"), pace })).status).toBe(400);
    }
  });
});

describe("GET /accounts", () => {
  it("200: counts open findings and filters", async ({ expect }) => {
    const { org, accounts, findings } = await makeWorld(50, 0);
    const { body } = await getList(org, "/accounts?sort=awsAccountId");
    const openOf = (account: Row | undefined): number =>
      findings.filter((row) => row["account_id"] === account?.["id"] && row["status"] === "open").length;
    expect(body.data.map(({ openFindingsCount }) => openFindingsCount)).toEqual(accounts.map(openOf));
    expect(
      (await getList(org, "/accounts?q=2222&status=ok&environment=production")).body.data.map(({ id }) => id),
    ).toEqual([accounts[1]?.id]);
    expect((await getList(org, "/accounts?status=error")).body.data).toEqual([]);
    expect((await api(org.keys.viewer).get<Body>(`/accounts/${accounts[0]?.id}`)).body.data).toMatchObject({
      openFindingsCount: openOf(accounts[0]),
    });
  });
});

const scanRow = (org: TestOrg, account: Row, n: number, active: boolean): Row & { id: string } => ({
  org_id: org.id,
  id: idAt(n),
  run_id: idAt(n),
  kind: "account",
  account_id: account["id"] ?? "",
  aws_account_id: account["aws_account_id"] ?? "",
  seq: n,
  status: active ? "running" : "complete",
  active: Number(active),
  regions: null,
  services: null,
  summary: "{}",
  error_message: null,
  deadline_at: at(n + 9),
  started_at: at(n),
  completed_at: active ? null : at(n + 1),
  version: 1,
  created_at: at(n),
  updated_at: at(n),
});

const idsOf = (rows: readonly Row[]): string[] => rows.map(({ id }) => String(id)).toSorted();

describe("DELETE /accounts/{id}", () => {
  it("204: cancels its scan, keeps its scans without it, and takes out the rest with the counters exact at every step", async ({
    expect,
  }) => {
    const { org, accounts, findings, resources } = await makeWorld(1_500, 1_500);
    await derive(org.id);
    const [gone, stays] = accounts;
    if (!gone || !stays) throw new Error("two accounts were made");
    await insertRows("scans", [
      scanRow(org, gone, 1, false),
      scanRow(org, gone, 2, true),
      scanRow(org, stays, 3, true),
    ]);
    await insertRows("scan_tasks", [
      { org_id: org.id, scan_id: idAt(2), id: "plan", state: "queued", fence: 0, attempts: 0 },
    ]);
    const scans = await rowsOf("scans", org.id);
    await env.DB.prepare("UPDATE scan_tasks SET scan_id = ?2 WHERE org_id = ?1")
      .bind(org.id, String(scans.find(({ seq }) => seq === 2)?.["id"]))
      .run();
    const version = (account: Row, n: number): Row => ({
      org_id: org.id,
      account_id: account["id"] ?? "",
      resource_id: `r${n}`,
      from_seq: 1,
      to_seq: 2,
      row: "{}",
      ended_at: at(0),
    });
    await insertRows(
      "resource_versions",
      Array.from({ length: 700 }, (_, n) => version(n % 2 === 0 ? gone : stays, n)),
    );

    expect((await api(org.keys.admin).delete("/accounts/111111111111")).status).toBe(204);
    expect((await api(org.keys.admin).get(`/accounts/${gone.id}`)).status).toBe(404);
    expect(await rowsOf("scan_tasks", org.id)).toEqual([]);
    expect((await rowsOf("scans", org.id)).toSorted((a, b) => Number(a["seq"]) - Number(b["seq"]))).toMatchObject([
      { seq: 1, status: "complete", account_id: null, active: 0 },
      { seq: 2, status: "canceled", account_id: null, active: 0, completed_at: expect.any(String) },
      { seq: 3, status: "running", account_id: stays.id, active: 1 },
    ]);
    expect((await rowsOf("audit_log", org.id)).map(({ action }) => action)).toEqual(["account.disconnect"]);

    for (let tick = 0; tick < 10 && (await rowsOf("purges", org.id)).length > 0; tick += 1) {
      await purgeAccounts(env, new Date(), (promise) => createExecutionContext().waitUntil(promise));
      const { kept, derived } = await keptAndDerived(org.id);
      expect(kept).toEqual(derived);
    }
    expect(await rowsOf("purges", org.id)).toEqual([]);
    expect(idsOf(await rowsOf("findings", org.id))).toEqual(
      idsOf(findings.filter((row) => row["account_id"] === stays.id)),
    );
    expect(idsOf(await rowsOf("resources", org.id))).toEqual(
      idsOf(resources.filter((row) => row["account_id"] === stays.id)),
    );
    expect((await rowsOf("resource_versions", org.id)).every((row) => row["account_id"] === stays.id)).toBe(true);
    expect((await rowsOf("coverage", org.id)).every((row) => row["account_id"] === stays.id)).toBe(true);
  });

  it("204: the same AWS account can be connected again at once; what the new one took over stays", async ({
    expect,
  }) => {
    const { org, accounts } = await makeWorld(20, 20);
    await api(org.keys.admin).delete(`/accounts/${accounts[0]?.id}`);
    const again = await connect(org, input("111111111111", accessKey));
    expect(again.status).toBe(201);
    await env.DB.prepare("UPDATE resources SET account_id = ?2 WHERE org_id = ?1 AND account_id = ?3")
      .bind(org.id, again.body.data.id, accounts[0]?.id ?? "")
      .run();
    await env.DB.prepare("UPDATE findings SET account_id = ?2 WHERE org_id = ?1 AND account_id = ?3")
      .bind(org.id, again.body.data.id, accounts[0]?.id ?? "")
      .run();
    // What other tests left may come first.
    for (let tick = 0; tick < 20; tick += 1) await purgeAccounts(env, new Date(), () => undefined);
    expect(await rowsOf("purges", org.id)).toEqual([]);
    expect([(await rowsOf("resources", org.id)).length, (await rowsOf("findings", org.id)).length]).toEqual([20, 20]);
  });
});

describe("accountRow", () => {
  it("seeds an account that can be read", async ({ expect }) => {
    const org = await quietOrg();
    const row = accountRow(org.id, "333333333333");
    await insertRows("accounts", [row]);
    const { text } = await api(org.keys.viewer).get(`/accounts/${row.id}`);
    expect(text).not.toContain("cg-secret");
  });
});
