import { describe, it } from "vitest";
import { dbInstanceMonthlyUsd } from "#prices/rds";

const monthly = (instance: Partial<Parameters<typeof dbInstanceMonthlyUsd>[0]> = {}): number | null =>
  dbInstanceMonthlyUsd({
    state: "available",
    engine: "mysql",
    class: "db.t3.large",
    clusterId: null,
    multiAz: false,
    storageType: "gp3",
    allocatedStorageGib: 20,
    ...instance,
  });

describe("the price of a database instance", () => {
  it("is its class by the hour and its storage", ({ expect }) => {
    expect(monthly()).toBeCloseTo(99.28 + 2.3, 6);
    expect(monthly({ multiAz: true })).toBeCloseTo((99.28 + 2.3) * 2, 6);
    expect(monthly({ class: "db.t3.micro" })).toBeCloseTo(0.017 * 730 + 2.3, 6);
    expect(monthly({ class: "db.m5.4xlarge" })).toBeCloseTo(0.171 * 8 * 730 + 2.3, 6);
  });

  it("is that of its storage while it is stopped, whatever its class", ({ expect }) => {
    expect(monthly({ state: "stopped" })).toBeCloseTo(2.3, 6);
    expect(monthly({ state: "stopped", class: "db.x9.large" })).toBeCloseTo(2.3, 6);
  });

  it("is not known of other engines, classes and storage, and of members of clusters", ({ expect }) => {
    const unknown = [
      { engine: "sqlserver-se" },
      { engine: "aurora-mysql" },
      { class: "db.x9.large" },
      { class: "db.m5.metal" },
      { class: null },
      { storageType: "io2" },
      { storageType: null },
      { allocatedStorageGib: null },
      { clusterId: "orders" },
    ];
    expect(unknown.map(monthly)).toEqual(unknown.map(() => null));
  });
});
