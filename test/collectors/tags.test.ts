import { describe, it } from "vitest";
import { tagsFor } from "#collectors/tags";
import { fakeAws } from "../support/fake-aws.ts";

type Input = Readonly<Record<string, unknown>>;

const arns = Array.from({ length: 250 }, (_, at) => `arn:aws:sns:eu-west-1:111122223333:topic-${at}`);
const tagsOf = (arn: string) => ({ env: "prod", name: arn.slice(arn.lastIndexOf(":") + 1) });
const askedIn = ({ ResourceARNList }: Input): readonly string[] => ResourceARNList as string[];
const tagging = (named: readonly string[]): string =>
  JSON.stringify({
    PaginationToken: "",
    ResourceTagMappingList: named.map((arn) => ({
      ResourceARN: arn,
      Tags: Object.entries(tagsOf(arn)).map(([Key, Value]) => ({ Key, Value })),
    })),
  });

describe("tags", () => {
  it("are asked for a hundred things at a time, and told in the order of the things", async ({ expect }) => {
    const aws = fakeAws({ GetResources: (input) => tagging(askedIn(input).toReversed()) });
    expect(await tagsFor(aws, arns)).toEqual(arns.map(tagsOf));
    expect(aws.calls.map(({ action, input }) => [action, input])).toEqual([
      ["GetResources", { ResourceARNList: arns.slice(0, 100) }],
      ["GetResources", { ResourceARNList: arns.slice(100, 200) }],
      ["GetResources", { ResourceARNList: arns.slice(200) }],
    ]);
    expect(aws.gaps).toEqual([]);
  });

  it("are asked for in one call up to a hundred things, and of none in no call", async ({ expect }) => {
    const aws = fakeAws({ GetResources: (input) => tagging(askedIn(input)) });
    expect(await tagsFor(aws, [])).toEqual([]);
    expect(aws.calls).toEqual([]);
    expect(await tagsFor(aws, arns.slice(0, 100))).toHaveLength(100);
    expect(aws.calls).toHaveLength(1);
    await tagsFor(aws, arns.slice(0, 101));
    expect(aws.calls.slice(1).map(({ input }) => askedIn(input).length)).toEqual([100, 1]);
  });

  it("are none of what AWS does not name or names without any, and a tag may have no value", async ({ expect }) => {
    const [bare = "", unnamed = "", valueless = ""] = arns;
    const aws = fakeAws({
      GetResources: JSON.stringify({
        ResourceTagMappingList: [{ ResourceARN: valueless, Tags: [{ Key: "draft" }] }, { ResourceARN: bare }],
      }),
    });
    expect(await tagsFor(aws, [bare, unnamed, valueless])).toEqual([{}, {}, { draft: "" }]);
    expect(aws.gaps).toEqual([]);
  });

  it("are unknown where the answer is in no known form", async ({ expect }) => {
    const aws = fakeAws({ GetResources: "{}" });
    expect(await tagsFor(aws, arns.slice(0, 2))).toEqual([undefined, undefined]);
    expect(aws.gaps).toEqual(["unreadable"]);
  });

  it("are told of all things but the one whose ARN AWS does not take", async ({ expect }) => {
    const odd = arns[37] ?? "";
    const message = `${odd} is not a valid AmazonResourceName (ARN)`;
    const refusal = { status: 400, body: JSON.stringify({ __type: "InvalidParameterException", Message: message }) };
    const aws = fakeAws({
      GetResources: (input) => (askedIn(input).includes(odd) ? refusal : tagging(askedIn(input))),
    });
    expect(await tagsFor(aws, arns)).toEqual(arns.map((arn) => (arn === odd ? {} : tagsOf(arn))));
    expect(aws.gaps).toEqual([]);
    // The three calls, and two for each halving of the hundred.
    expect(aws.calls.length).toBeLessThanOrEqual(3 + 2 * 7);
  });

  it("are unknown of the things of a refused call only, and the gap is kept", async ({ expect }) => {
    const aws = fakeAws({
      GetResources: (input) => (askedIn(input).includes(arns[150] ?? "") ? undefined : tagging(askedIn(input))),
    });
    expect(await tagsFor(aws, arns)).toStrictEqual([
      ...arns.slice(0, 100).map(tagsOf),
      ...Array.from({ length: 100 }, () => undefined),
      ...arns.slice(200).map(tagsOf),
    ]);
    expect(aws.calls).toHaveLength(3);
    expect(aws.gaps).toEqual(["GetResources"]);
  });
});
