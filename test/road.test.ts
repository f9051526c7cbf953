import { Webhook } from "standardwebhooks";
import { afterEach, describe, it, vi } from "vitest";
import { DEMO_ACCESS_KEY_ID, DEMO_ACCOUNT_ID, DEMO_SECRET_ACCESS_KEY } from "../simulator/demo.ts";
import { api } from "./support/api.ts";
import { makeOrg } from "./support/org.ts";
import { startReceiver } from "./support/receiver.ts";
import { scanOf } from "./support/scan.ts";

interface Data<Body> {
  readonly data: Body;
}

const demo = {
  name: "Demo",
  environment: "production",
  awsAccountId: DEMO_ACCOUNT_ID,
  credential: { method: "access_key", accessKeyId: DEMO_ACCESS_KEY_ID, secretAccessKey: DEMO_SECRET_ACCESS_KEY },
};

describe("the whole road", () => {
  afterEach(() => void vi.restoreAllMocks());

  it("connects an account, scans it through the queue, answers what is wrong, and tells a signed webhook", async ({
    expect,
  }) => {
    const receiver = startReceiver();
    const org = await makeOrg();
    const call = api(org.keys.admin);
    const webhook = await call.post<Data<{ id: string; secret: string }>>("/webhooks", {
      url: "http://127.0.0.1:9999/hook",
      events: ["scan.completed", "finding.critical"],
    });
    const account = await call.post<Data<{ id: string }>>("/accounts", demo);
    const { started, scan } = await scanOf(org.keys.admin, account.body.data.id);
    expect([started.status, scan.status]).toEqual([202, "complete"]);

    const told = await call.get<Data<{ findingsNew: number; cost: { awsCalls: number } }>>(`/scans/${scan.id}`);
    const findings = await call.get<{ pagination: { total: number } }>("/findings?limit=1&count=true");
    expect(findings.body.pagination.total).toBe(told.body.data.findingsNew);
    expect(told.body.data.cost.awsCalls).toBeGreaterThan(50);
    const worst = await call.get<{ data: { type: string; severity: string }[] }>("/findings?severity=critical");
    expect(worst.body.data.map(({ type }) => type)).toContain("security_group_open_port");
    const certificates = await call.get<{ data: unknown[] }>("/certificates");
    expect(certificates.body.data.length).toBeGreaterThan(0);

    // Other tests' deliveries may be due as well.
    const own = () => receiver.received.filter(({ body }) => body.includes(org.id));
    await expect.poll(() => own().length).toBeGreaterThanOrEqual(2);
    for (const { body, headers } of own()) {
      new Webhook(webhook.body.data.secret).verify(body, Object.fromEntries(headers));
    }
    const names = own().map(({ body }) => (JSON.parse(body) as { event: string }).event);
    expect(names).toContain("scan.completed");
    expect(names).toContain("finding.critical");
  });
});
