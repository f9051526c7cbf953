import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { OrgContext } from "#db/context";
import type { ScanFrame } from "#db/frames";
import type { ClaimedTask } from "#scans/claim";
import { createTeller } from "#scans/progress";
import { DEMO_ACCESS_KEY_ID, DEMO_ACCOUNT_ID, DEMO_SECRET_ACCESS_KEY } from "../../simulator/demo.ts";
import { bearer, open, type Frame } from "../objects/live.ts";
import { api } from "../support/api.ts";
import { makeOrg } from "../support/org.ts";

interface Data<Body> {
  readonly data: Body;
}

const demo = {
  name: "Demo",
  environment: "production",
  awsAccountId: DEMO_ACCOUNT_ID,
  credential: { method: "access_key", accessKeyId: DEMO_ACCESS_KEY_ID, secretAccessKey: DEMO_SECRET_ACCESS_KEY },
};

interface Findings extends Frame {
  readonly opened: readonly { readonly id: string }[];
  readonly counts: { readonly opened: number; readonly resolved: number };
}

describe("what a scan tells while it runs", () => {
  it("every finding it opens, before its end: as many as it counts, and named as the API names them", async () => {
    const org = await makeOrg();
    const call = api(org.keys.admin);
    const client = await open("/ws", bearer(org.keys.viewer));
    await client.next("ready");
    const { body: account } = await call.post<Data<{ id: string }>>("/accounts", demo);
    await call.post("/scans", { accountIds: [account.data.id] }, { Prefer: "wait=20" });
    const { summary } = (await client.next("complete")) as Frame & {
      readonly summary: { readonly findingsNew: number };
    };
    const told = client.frames.filter((frame): frame is Findings => frame.type === "finding");
    expect(told.reduce((sum, { counts }) => sum + counts.opened, 0)).toBe(summary.findingsNew);
    expect(summary.findingsNew).toBeGreaterThan(50);
    expect(client.frames.at(-1)?.type).toBe("complete");
    const named = told.flatMap(({ opened }) => opened);
    const { body } = await call.get<{ data: Record<string, unknown>[] }>("/findings?limit=500");
    const known = new Map(body.data.map((finding) => [finding["id"], finding]));
    for (const finding of named) expect(known.get(finding.id)).toMatchObject({ ...finding });
  });
});

describe("how often a task tells", () => {
  const teller = (frames: ScanFrame[], total: number) => {
    const publish = async (told: readonly ScanFrame[]): Promise<number> => frames.push(...told);
    const org = { id: "org", env: { ...env, SCAN_FEED: { getByName: () => ({ publish }) } } } as unknown as OrgContext;
    const task = { org, scan: { id: "scan" }, place: "eu-west-1", tasks: { total: 4, done: 1 } } as ClaimedTask;
    return createTeller(task, total);
  };

  it("four times a second, and once more at its end; each says where it stands", async () => {
    vi.useFakeTimers();
    try {
      const frames: ScanFrame[] = [];
      const { looked, end } = teller(frames, 80);
      for (let count = 0; count < 80; count += 1) {
        looked("ec2");
        await vi.advanceTimersByTimeAsync(10);
      }
      await end();
      // 800 ms: at 250, 500 and 750, and the end.
      expect(frames).toHaveLength(4);
      const percents = frames.map((frame) => (frame.type === "progress" ? frame.percent : -1));
      expect(percents).toEqual(percents.toSorted((a, b) => a - b));
      // A quarter of the tasks was done, and now half of them: between 5 and 90.
      expect(percents.at(-1)).toBe(47);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(frames).toHaveLength(4);
    } finally {
      vi.useRealTimers();
    }
  });

  it("a short one once", async () => {
    const frames: ScanFrame[] = [];
    const { looked, end } = teller(frames, 2);
    looked("ec2");
    looked("s3");
    await end();
    expect(frames).toHaveLength(1);
  });
});
