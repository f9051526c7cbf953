import { env } from "cloudflare:workers";
import { afterAll, describe, it, vi } from "vitest";
import { systemContext } from "#db/context";
import { withEffects } from "#db/finding-effects";
import { purgeAccounts } from "../../../src/modules/accounts/purge-all.ts";
import { api } from "../../support/api.ts";
import { accountRow, findingRow, insertRows, quietOrg, resourceRow, rowsOf, type Row } from "../findings/world.ts";

// All of it passes in one moment: no day ends meanwhile.
vi.useFakeTimers({ toFake: ["Date"] });
afterAll(() => void vi.useRealTimers());

const today = new Date().toISOString().slice(0, 10);
const counted = (pass: number, fail: number) => ({ pass, fail, unknown: 0 });

/** Findings as a scan leaves them: with recommendations and savings. */
async function addFindings(orgId: string, account: Row, numbers: readonly number[]): Promise<void> {
  const org = systemContext(env, { orgId, shard: 0 }, new Date(), () => undefined);
  const rows = await Promise.all(
    numbers.map((n) =>
      findingRow(orgId, account, n, { status: "open", exposure: "internal", environment: "production" }),
    ),
  );
  const columns = Object.keys(rows[0] ?? {});
  const insert = org.db.sql(
    `INSERT INTO findings (${columns.join(", ")}) SELECT ${columns.map((name) => `r.value ->> '${name}'`).join(", ")}
     FROM json_each(?2) AS r WHERE ?1 = ?1`,
    orgId,
    JSON.stringify(rows),
  );
  const touched = { ids: rows.map(({ id }) => id), resourceIds: rows.map((row) => String(row["resource_id"])) };
  await org.db.atomic(withEffects(org, touched, [insert]));
}

async function world() {
  const org = await quietOrg();
  const accounts = [accountRow(org.id, "111111111111"), accountRow(org.id, "222222222222")] as const;
  await insertRows("accounts", accounts);
  await insertRows(
    "resources",
    await Promise.all(Array.from({ length: 60 }, (_, n) => resourceRow(org.id, accounts[n % 2] ?? {}, n))),
  );
  const even = Array.from({ length: 30 }, (_, n) => 2 * n);
  await addFindings(org.id, accounts[0], even);
  await addFindings(
    org.id,
    accounts[1],
    even.map((n) => n + 1),
  );
  const daily = (accountId: string, checks: object): Row => ({
    org_id: org.id,
    account_id: accountId,
    day: today,
    checks: JSON.stringify(checks),
    updated_at: `${today}T00:00:00.000Z`,
  });
  await insertRows("daily_verdicts", [
    daily(accounts[0].id, { iam_key_old: counted(0, 3) }),
    daily(accounts[1].id, { iam_key_old: counted(3, 1) }),
    daily("", { iam_key_old: counted(3, 4) }),
  ]);
  return { org, accounts };
}

const of = (rows: readonly Row[], accountId: string): Row[] => rows.filter((row) => row["account_id"] === accountId);

describe("DELETE /accounts/{id}", () => {
  it("204: it stops counting in the organization's scores at once, and today once there is none", async ({
    expect,
  }) => {
    const { org, accounts } = await world();
    const score = async () =>
      (
        await api(org.keys.viewer).get<{ data: { frameworks: { score: number | null }[] } }>(
          "/compliance/score?framework=cis_aws_5.0",
        )
      ).body.data.frameworks[0]?.score;
    expect(await score()).toBe(42.9);
    expect((await api(org.keys.admin).delete(`/accounts/${accounts[0].id}`)).status).toBe(204);
    expect(await score()).toBe(75);
    expect((await api(org.keys.viewer).get(`/compliance/score?accountId=${accounts[0].id}`)).status).toBe(404);
    await api(org.keys.admin).delete(`/accounts/${accounts[1].id}`);
    expect(await score()).toBeNull();
  });

  it("204: its recommendations, savings and verdicts go with what was found in it; the other's stay as they are", async ({
    expect,
  }) => {
    const { org, accounts } = await world();
    const [goes, stays] = accounts;
    const recommendations = await rowsOf("recommendations", org.id);
    expect(of(recommendations, goes.id).length).toBeGreaterThan(0);
    const accepted = of(recommendations, goes.id)[0]?.["type"] ?? "";
    await env.DB.prepare(
      "UPDATE recommendations SET status = 'accepted' WHERE org_id = ?1 AND account_id = ?2 AND type = ?3",
    )
      .bind(org.id, goes.id, accepted)
      .run();
    await api(org.keys.admin).delete(`/accounts/${goes.id}`);
    // What other tests left may come first.
    for (let tick = 0; tick < 20; tick += 1) await purgeAccounts(env, new Date(), () => undefined);
    expect(await rowsOf("purges", org.id)).toEqual([]);
    expect(await rowsOf("recommendations", org.id)).toEqual(of(recommendations, stays.id));
    expect(of(await rowsOf("daily_verdicts", org.id), goes.id)).toEqual([]);
    const savings = (await rowsOf("counters", org.id)).filter(({ subject }) => subject === "saving");
    const [all, mine] = ["all", "account"].map((dimension) => savings.find((row) => row["dimension"] === dimension));
    expect(savings).toHaveLength(2);
    expect([mine?.["value"], mine?.["open"]]).toEqual([stays.id, all?.["open"]]);
  });
});
