import { describe, it } from "vitest";
import { collector } from "#collectors/ecr/registry-scanning-configurations";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";

const answer = (configuration: unknown): string =>
  JSON.stringify({ registryId: "111122223333", scanningConfiguration: configuration });

describe("ecr.registryScanningConfigurations", () => {
  it("reads the rules of a registry", async ({ expect }) => {
    const rules = [
      { scanFrequency: "SCAN_ON_PUSH", repositoryFilters: [{ filter: "*", filterType: "WILDCARD" }] },
      {
        scanFrequency: "CONTINUOUS_SCAN",
        repositoryFilters: [
          { filter: "shop", filterType: "WILDCARD" },
          { filter: "prod-*", filterType: "WILDCARD" },
        ],
      },
    ];
    const aws = fakeAws({ GetRegistryScanningConfiguration: answer({ scanType: "ENHANCED", rules }) });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: "111122223333/eu-west-1",
        arn: null,
        name: null,
        state: null,
        tags: {},
        createdAt: null,
        costMonthly: 0,
        attributes: {
          scanType: "ENHANCED",
          rules: [
            { scanFrequency: "CONTINUOUS_SCAN", filters: ["prod-*", "shop"] },
            { scanFrequency: "SCAN_ON_PUSH", filters: ["*"] },
          ],
        },
      },
    ]);
    expect(aws.asked).toEqual(["GetRegistryScanningConfiguration"]);
  });

  it("finds a registry that was never set up", async ({ expect }) => {
    const aws = fakeAws({ GetRegistryScanningConfiguration: answer({ scanType: "BASIC", rules: [] }) });
    expect((await allOf(collector, aws))[0]?.attributes).toEqual({ scanType: "BASIC", rules: [] });
  });

  it("fails when it is denied, or is no configuration", async ({ expect }) => {
    await expect(collect(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(collect(collector, fakeAws({ GetRegistryScanningConfiguration: "{}" }))).rejects.toThrow();
  });
});
