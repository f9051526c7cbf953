import { beforeAll, describe, expect, it } from "vitest";
import { getList, insertRows, makeWorld, resourceRow, walk, costOf, type Row, type World } from "../findings/world.ts";

const dayMs = 86_400_000;
const types = [
  "AWS::CertificateManager::Certificate",
  "AWS::IAM::AccessKey",
  "AWS::SecretsManager::Secret",
  "AWS::SSM::Parameter",
  "AWS::EC2::Volume",
] as const;

let world: World;
let dated: Row[];
beforeAll(async () => {
  world = await makeWorld(0, 0);
  const rows = await Promise.all(
    Array.from({ length: 120 }, (_, n) =>
      resourceRow(world.org.id, world.accounts[n % 2] ?? {}, n, {
        resource_type: types[n % types.length] ?? "",
        // Never at the end of a day from now.
        expires_at: n % 4 === 0 ? null : new Date(Date.now() + (((n * 37) % 200) - 39.5) * dayMs + n).toISOString(),
      }),
    ),
  );
  dated = rows
    .filter(({ expires_at }) => expires_at !== null)
    .toSorted((a, b) => (String(a["expires_at"]) < String(b["expires_at"]) ? -1 : 1));
  await insertRows("resources", rows);
});

describe("GET /expirations", () => {
  const named = (row: Row | Record<string, unknown>): string => String(row["resourceId"] ?? row["id"]);

  it("200: everything with a date, what ends first at the top, page by page", async () => {
    const { forward, backward } = await walk(world.org, "/expirations?limit=17", named);
    expect(forward).toEqual(dated.map(named));
    expect(backward).toEqual(forward);
  });

  it("200: by kind, by account, within days, ended or not", async () => {
    const { org, accounts } = world;
    const ask = async (query: string) => (await getList(org, `/expirations?limit=500&${query}`)).body.data.map(named);
    const only = (is: (row: Row) => boolean) => dated.filter(is).map(named);
    const until = new Date(Date.now() + 30 * dayMs).toISOString();
    const now = new Date().toISOString();
    expect(await ask("kind=access_key,secret")).toEqual(
      only((row) => ["AWS::IAM::AccessKey", "AWS::SecretsManager::Secret"].includes(String(row["resource_type"]))),
    );
    expect(await ask(`accountId=${accounts[1]?.id}`)).toEqual(only((row) => row["account_id"] === accounts[1]?.id));
    expect(await ask("withinDays=30")).toEqual(only((row) => String(row["expires_at"]) <= until));
    expect(await ask("expired=true")).toEqual(only((row) => String(row["expires_at"]) <= now));
    expect(await ask("expired=false&withinDays=30")).toEqual(
      only((row) => String(row["expires_at"]) > now && String(row["expires_at"]) <= until),
    );
    expect((await getList(org, "/expirations?kind=wine")).status).toBe(400);
  });

  it("200: says how many days are left, and reads about what it answers", async () => {
    const { org, accounts } = world;
    const [first] = (await getList(org, "/expirations?limit=1")).body.data;
    const left = Math.floor((Date.parse(String(dated[0]?.["expires_at"])) - Date.now()) / dayMs);
    expect(first).toMatchObject({ daysLeft: left, expired: true });
    for (const filter of ["", "&kind=secret", `&accountId=${accounts[0]?.id}`, "&withinDays=30"]) {
      const { rowsRead, roundTrips } = await costOf(org, `/expirations?limit=5${filter}`);
      expect(rowsRead, filter).toBeLessThanOrEqual(10);
      expect(roundTrips).toBe(1);
    }
  });
});
