import { describe, expect, it } from "vitest";
import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import { accountRow, insertRows, quietOrg, type Row } from "../findings/world.ts";

const compute = "Amazon Elastic Compute Cloud - Compute";
const watch = "AmazonCloudWatch";

const dayRow = (org: TestOrg, account: Row, day: string, services: Record<string, number>, estimated = 0): Row => ({
  org_id: org.id,
  account_id: account["id"] ?? "",
  day,
  currency: "USD",
  total: Object.values(services).reduce((sum, amount) => sum + amount, 0),
  services: JSON.stringify(services),
  estimated,
  updated_at: "2026-03-13T00:00:00.000Z",
});

/** Two accounts, three days. */
async function spent(): Promise<{ org: TestOrg; ids: string[] }> {
  const org = await quietOrg();
  const accounts = [accountRow(org.id, "111111111111"), accountRow(org.id, "222222222222")];
  const [one, other] = accounts;
  await insertRows("accounts", accounts);
  await insertRows("daily_costs", [
    dayRow(org, one ?? {}, "2026-03-10", { [compute]: 10.004, [watch]: 1 }),
    dayRow(org, one ?? {}, "2026-03-11", { [compute]: 20 }),
    dayRow(org, other ?? {}, "2026-03-11", { [watch]: 5.25 }, 1),
    dayRow(org, other ?? {}, "2026-03-12", { [watch]: 7 }, 1),
  ]);
  return { org, ids: accounts.map(({ id }) => id) };
}

type Body = { readonly data: Record<string, unknown> };

describe("GET /costs", () => {
  it("200: by day, service and account, the largest first, within the days asked for", async () => {
    const { org, ids } = await spent();
    const { status, body } = await api(org.keys.viewer).get<Body>("/costs?from=2026-03-10&to=2026-03-12");
    expect(status).toBe(200);
    expect(body.data).toEqual({
      from: "2026-03-10",
      to: "2026-03-12",
      currency: "USD",
      total: 36.25,
      byDay: [
        { day: "2026-03-10", amount: 11, estimated: false },
        { day: "2026-03-11", amount: 25.25, estimated: true },
      ],
      byService: [
        { service: compute, amount: 30 },
        { service: watch, amount: 6.25 },
      ],
      byAccount: [
        { accountId: ids[0], awsAccountId: "111111111111", amount: 31 },
        { accountId: ids[1], awsAccountId: "222222222222", amount: 5.25 },
      ],
    });
  });

  it("200: of one account by its digits, of one service; another organization's is not there", async () => {
    const { org } = await spent();
    const get = async (key: string, query: string) =>
      (await api(key).get<Body>(`/costs?from=2026-03-01&to=2026-04-01&${query}`)).body.data;
    expect(await get(org.keys.viewer, "accountId=222222222222")).toMatchObject({ total: 12.25 });
    expect(await get(org.keys.viewer, `service=${encodeURIComponent(watch)}`)).toMatchObject({ total: 13.25 });
    expect(await get((await spent()).org.keys.viewer, "")).toMatchObject({ total: 43.25 });
    expect(await get((await quietOrg()).keys.viewer, "")).toMatchObject({ total: 0, byDay: [], currency: "USD" });
  });

  it("400: days that are none, a stretch that ends before it begins, or of more than 400 days", async () => {
    const { org } = await spent();
    for (const query of ["from=yesterday", "from=2026-03-12&to=2026-03-12", "from=2020-01-01&to=2026-01-01"]) {
      expect((await api(org.keys.viewer).get(`/costs?${query}`)).status).toBe(400);
    }
  });
});
