import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { api } from "../../support/api.ts";
import {
  accountRow,
  coverageRows,
  costOf,
  getList,
  insertRows,
  quietOrg,
  recount,
  regionNames,
  resourceRow,
  walk,
  type Row,
} from "../findings/world.ts";
import type { TestOrg } from "../../support/org.ts";

const dayMs = 86_400_000;
const types = { acm: "AWS::CertificateManager::Certificate", iam: "AWS::IAM::ServerCertificate" } as const;

/** Certificates that end from 50 days ago to 350 days ahead, none at the end of a day from now, every seventh one never issued, and as many other things. */
async function makeCertificates(
  count: number,
): Promise<{ org: TestOrg; rows: (Row & { id: string })[]; accounts: Row[] }> {
  const org = await quietOrg();
  const accounts = [accountRow(org.id, "111111111111"), accountRow(org.id, "222222222222")];
  const rows = await Promise.all(
    Array.from({ length: count }, (_, n) => {
      const isIam = n % 3 === 0;
      const ends =
        n % 7 === 6 ? null : new Date(Date.now() + (((n * 37) % 400) - 49.5) * dayMs + n * 1_000).toISOString();
      return resourceRow(org.id, accounts[n % 2] ?? {}, n, {
        resource_type: isIam ? types.iam : types.acm,
        service: isIam ? "iam" : "acm",
        expires_at: ends,
        state: isIam ? null : ends === null ? "PENDING_VALIDATION" : "ISSUED",
        attributes: JSON.stringify({ altNames: [`a${n}.example.com`], primaryDomain: null }),
      });
    }),
  );
  const others = await Promise.all(
    Array.from({ length: count }, (_, n) => resourceRow(org.id, accounts[0] ?? {}, count + n)),
  );
  await insertRows("accounts", accounts);
  await insertRows(
    "coverage",
    accounts.flatMap((row) => coverageRows(org.id, row)),
  );
  await insertRows("resources", [...rows, ...others]);
  await recount(org.id);
  return { org, rows, accounts };
}

let world: Awaited<ReturnType<typeof makeCertificates>>;
beforeAll(async () => {
  world = await makeCertificates(300);
});

const option = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
const filters = fc.record({
  source: option(fc.constantFrom("acm", "iam", "acm,iam")),
  accountId: option(fc.constantFrom("111111111111", "222222222222")),
  region: option(fc.constantFrom(...regionNames, "eu-west-1,us-east-1")),
  status: option(fc.constantFrom("ISSUED", "PENDING_VALIDATION")),
  expiresWithinDays: option(fc.constantFrom(0, 30, 200)),
  issued: option(fc.constantFrom("true", "false")),
});
type Filters = typeof filters extends fc.Arbitrary<infer Value> ? Value : never;

const among = (value: unknown, text: string | undefined): boolean => text?.split(",").includes(String(value)) ?? true;
const matches = (row: Row, { source, accountId, region, status, expiresWithinDays, issued }: Filters): boolean =>
  among(row["service"], source) &&
  among(row["aws_account_id"], accountId) &&
  among(row["region"], region) &&
  among(row["state"], status) &&
  (row["expires_at"] === null) === (issued === "false") &&
  (expiresWithinDays === undefined ||
    issued === "false" ||
    Date.parse(String(row["expires_at"])) <= Date.now() + expiresWithinDays * dayMs);
const queryOf = (asked: Filters): string =>
  new URLSearchParams(
    Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  ).toString();

describe("GET /certificates", () => {
  it("200: any filters answer exactly what matches, the first to end first, forward and backward", async () => {
    await fc.assert(
      fc.asyncProperty(filters, async (asked) => {
        const expected = world.rows
          .filter((row) => matches(row, asked))
          .toSorted((a, b) => (`${a["expires_at"] ?? ""}/${a.id}` < `${b["expires_at"] ?? ""}/${b.id}` ? -1 : 1))
          .map(({ id }) => id);
        const { forward, backward } = await walk(world.org, `/certificates?limit=40&${queryOf(asked)}`);
        expect(forward).toEqual(expected);
        expect(backward).toEqual(expected);
      }),
      { numRuns: 80 },
    );
  });

  it("200: tells the days left", async () => {
    const { body } = await getList(world.org, "/certificates?source=acm&limit=1");
    const row = world.rows.find(({ id }) => id === body.data[0]?.id);
    const days = Math.floor((Date.parse(String(row?.["expires_at"])) - Date.now()) / dayMs);
    expect(body.data[0]).toMatchObject({
      source: "acm",
      notAfter: row?.["expires_at"],
      daysUntilExpiry: days,
      altNames: [expect.stringContaining(".example.com")],
    });
  });

  it.each([1_000, 10_000])(
    "reads about as many rows as it answers at %i certificates and as many other things",
    async (count) => {
      const { org } = await makeCertificates(count);
      await costOf(org, "/certificates?limit=1");
      const figures: Record<string, number> = {};
      for (const [query, values] of Object.entries({
        "": 2,
        "source=acm": 1,
        "source=iam": 1,
        "expiresWithinDays=30": 2,
      })) {
        const { rowsRead, roundTrips } = await costOf(org, `/certificates?limit=20&${query}`);
        figures[query] = rowsRead;
        expect(roundTrips).toBe(1);
        expect(rowsRead).toBeLessThanOrEqual(values * 25 + 6);
      }
      console.warn(JSON.stringify({ count, figures }));
    },
  );
});

describe("GET /certificates/{id}", () => {
  it("200: one of them; 404: another kind of resource, and another organization's", async () => {
    const [row] = world.rows;
    const other = await resourceRow(world.org.id, {}, 300);
    const stranger = await quietOrg();
    expect((await api(world.org.keys.viewer).get(`/certificates/${row?.id}`)).body).toMatchObject({
      data: { id: row?.id },
    });
    expect((await api(world.org.keys.viewer).get(`/certificates/${other.id}`)).status).toBe(404);
    expect((await api(stranger.keys.viewer).get(`/certificates/${row?.id}`)).status).toBe(404);
  });
});
