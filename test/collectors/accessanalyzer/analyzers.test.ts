import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { collector } from "#collectors/accessanalyzer/analyzers";
import { allOf, fakeAws } from "../../support/fake-aws.ts";

const arnOf = (name: string): string => `arn:aws:access-analyzer:eu-west-1:111122223333:analyzer/${name}`;
const analyzer = (name: string, type: string, status = "ACTIVE") => ({
  arn: arnOf(name),
  name,
  type,
  status,
  createdAt: "2026-01-01T00:00:00Z",
  lastResourceAnalyzedAt: "2026-06-01T00:00:00Z",
  tags: {},
});

describe("accessanalyzer.analyzers", () => {
  it("is one resource with every analyzer of the region, in one order", async ({ expect }) => {
    const aws = fakeAws({
      ListAnalyzers: ({ nextToken }) =>
        JSON.stringify(
          nextToken === "2"
            ? { analyzers: [analyzer("external", "ACCOUNT")] }
            : { analyzers: [analyzer("unused", "ACCOUNT_UNUSED_ACCESS", "CREATING")], nextToken: "2" },
        ),
    });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: "access-analyzer/eu-west-1",
        arn: null,
        name: null,
        state: null,
        tags: {},
        createdAt: null,
        attributes: {
          analyzers: [
            { arn: arnOf("external"), name: "external", type: "ACCOUNT", status: "ACTIVE" },
            { arn: arnOf("unused"), name: "unused", type: "ACCOUNT_UNUSED_ACCESS", status: "CREATING" },
          ],
        },
      },
    ]);
    expect(aws.asked).toEqual(["ListAnalyzers", 'ListAnalyzers {"nextToken":"2"}']);
    expect(aws.calls.map(({ request }) => request)).toEqual(["eu-west-1 /analyzer", "eu-west-1 /analyzer?nextToken=2"]);
  });

  it("is there for a region without analyzers, too, with one call", async ({ expect }) => {
    const aws = fakeAws({ ListAnalyzers: () => '{"analyzers":[]}' });
    expect((await allOf(collector, aws)).map(({ attributes }) => attributes)).toEqual([{ analyzers: [] }]);
    expect(aws.asked).toHaveLength(1);
  });

  it("throws when the list is denied, or is none", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toBeInstanceOf(AwsFault);
    await expect(allOf(collector, fakeAws({ ListAnalyzers: () => "{}" }))).rejects.toThrow();
  });
});
