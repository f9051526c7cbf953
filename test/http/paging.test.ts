import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCursor, encodeCursor } from "#db/cursor";
import { csvOf } from "#http/csv";
import { masterKeys } from "#lib/secrets";
import { api } from "../support/api.ts";
import { makeApiKey, makeOrg } from "../support/org.ts";

interface List {
  readonly data: readonly { readonly id: string; readonly name: string }[];
  readonly pagination: {
    readonly nextCursor: string | null;
    readonly prevCursor: string | null;
    readonly hasMore: boolean;
    readonly total: number | null;
  };
}

async function orgWithKeys(count: number) {
  const org = await makeOrg();
  for (let made = 4; made < count; made += 1) await makeApiKey(org.id);
  return org;
}

describe("cursor style", () => {
  it("walks forward and back over every row once", async () => {
    const org = await orgWithKeys(11);
    const caller = api(org.keys.admin);
    const seen: string[] = [];
    let cursor = "";
    let last: List | null = null;
    do {
      const { body, headers } = await caller.get<List>(`/api-keys?limit=4${cursor}`);
      seen.push(...body.data.map(({ id }) => id));
      expect(headers.get("link")).toContain('</api/v1/api-keys?limit=4>; rel="first"');
      expect(headers.get("link")?.includes('rel="next"')).toBe(body.pagination.hasMore);
      cursor = `&cursor=${body.pagination.nextCursor}`;
      last = body;
    } while (last.pagination.hasMore);
    expect(seen).toEqual([...new Set(seen)].toSorted().toReversed());
    expect(seen).toHaveLength(11);
    const { body } = await caller.get<List>(`/api-keys?limit=4&cursor=${last.pagination.prevCursor}`);
    expect(body.data.map(({ id }) => id)).toEqual(seen.slice(4, 8));
    expect(body.pagination).toMatchObject({ total: null, totalPages: null, totalExact: null, page: null });
  });

  it("counts when asked to", async () => {
    const org = await orgWithKeys(4);
    const { body } = await api(org.keys.admin).get<List>("/api-keys?limit=3&count=true");
    expect(body.pagination).toMatchObject({ limit: 3, total: 4, totalPages: 2, totalExact: true, hasMore: true });
  });
});

describe("page style", () => {
  it("numbers pages and links to the neighbours", async () => {
    const org = await orgWithKeys(5);
    const { body, headers } = await api(org.keys.admin).get<List>("/api-keys?limit=2&page=2");
    expect(body.pagination).toMatchObject({ page: 2, total: 5, totalPages: 3, totalExact: true, hasMore: true });
    expect(headers.get("link")).toBe(
      '</api/v1/api-keys?limit=2&page=1>; rel="first", </api/v1/api-keys?limit=2&page=3>; rel="next", </api/v1/api-keys?limit=2&page=1>; rel="prev"',
    );
  });
});

describe("cursors", () => {
  it("400: are good for one organization, route and filter only", async () => {
    const [org, other] = [await orgWithKeys(5), await orgWithKeys(5)];
    const { body } = await api(org.keys.admin).get<List>("/api-keys?limit=2");
    const cursor = body.pagination.nextCursor;
    const refused = [
      await api(other.keys.admin).get(`/api-keys?cursor=${cursor}`),
      await api(org.keys.admin).get(`/audit-log?cursor=${cursor}`),
      await api(org.keys.admin).get(`/audit-log?action=a.b&cursor=${cursor}`),
    ];
    for (const answer of refused) expect([answer.status, answer.body]).toMatchObject([400, { code: "INVALID_CURSOR" }]);
    expect((await api(org.keys.admin).get(`/api-keys?limit=100&cursor=${cursor}`)).status).toBe(200);
  });

  it("are refused when anything in them was changed", async () => {
    const keys = masterKeys(env.MASTER_KEYS);
    const list = { orgId: "o", route: "get /x", filters: "{}", sort: "" };
    const key = fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        key,
        fc.boolean(),
        fc.nat(),
        fc.integer({ min: 1, max: 63 }),
        async (values, backward, at, shift) => {
          const text = await encodeCursor(keys, list, { key: values, backward });
          expect(await decodeCursor(keys, list, text)).toEqual({ key: values, backward });
          const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
          const place = at % text.length;
          const changed = alphabet[(alphabet.indexOf(text[place] ?? "") + shift) % 64] ?? "";
          const tampered = text.slice(0, place) + changed + text.slice(place + 1);
          await expect(decodeCursor(keys, list, tampered)).rejects.toMatchObject({ code: "INVALID_CURSOR" });
          await expect(decodeCursor(keys, { ...list, sort: "x" }, text)).rejects.toMatchObject({
            code: "INVALID_CURSOR",
          });
        },
      ),
      { numRuns: 300 },
    );
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        await expect(decodeCursor(keys, list, text)).rejects.toMatchObject({ code: "INVALID_CURSOR" });
      }),
      { numRuns: 300 },
    );
  });
});

describe("CSV", () => {
  it("answers the same rows and links as JSON", async () => {
    const org = await orgWithKeys(5);
    const byHeader = await api(org.keys.admin).get("/api-keys?limit=2", { Accept: "text/csv" });
    const byQuery = await api(org.keys.admin).get("/api-keys?limit=2&format=csv");
    expect(byHeader.headers.get("content-type")).toContain("text/csv");
    expect(byHeader.headers.get("content-disposition")).toBe('attachment; filename="api-keys.csv"');
    expect(byHeader.headers.get("link")).toContain('rel="next"');
    const [head, ...rows] = byHeader.text.trimEnd().split("\r\n");
    expect(head).toBe(
      "id,name,hint,role,scopes,status,createdBy,rotatedTo,expiresAt,revokedAt,lastUsedAt,createdAt,updatedAt",
    );
    expect(rows).toHaveLength(2);
    expect(byQuery.text.split("\r\n")).toHaveLength(4);
  });

  it("turns no cell into a formula", () => {
    const columns = ["cell", "nested"];
    for (const start of ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"]) {
      expect(csvOf(columns, [{ cell: `${start}1`, nested: null }])).toMatch(new RegExp(`^cell,nested\r\n"?'`));
    }
    expect(csvOf(columns, [{ cell: 'a "b", c\nd', nested: { x: [1] } }])).toBe(
      'cell,nested\r\n"a ""b"", c\nd","{""x"":[1]}"\r\n',
    );
    expect(csvOf(columns, [{ cell: "x", nested: -5 }])).toBe("cell,nested\r\nx,-5\r\n");
  });
});
