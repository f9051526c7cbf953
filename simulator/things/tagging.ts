import { json, trouble } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { numberIn, tagsOf, type ThingKind, type ThingService } from "./thing.ts";

/** Source: Resource Groups Tagging API 2017-01-26, GetResources: at most 100 ARNs, and beside them nothing may be asked. */
const arnsMax = 100;

/** Where the tags of things stand that live in no region. */
const home = "us-east-1";

function arnsIn({ input }: Call): readonly string[] {
  const { ResourceARNList: arns, ...others } = input;
  if (Array.isArray(arns) && arns.length > 0 && arns.length <= arnsMax && Object.keys(others).length === 0)
    return arns.map(String);
  throw trouble("tagging", "badParameter", "The request is not one of ResourceARNList alone, of 1 to 100 ARNs.");
}

/** The tagging API of all things that are tagged there. What it does not know it does not name. */
export function taggingOf(kinds: Readonly<Record<string, ThingKind>>): ThingService {
  const numberOf = (call: Call, arn: string): number | undefined => {
    for (const [name, { isTagged, isGlobal, arnOf, numberOf: own }] of Object.entries(kinds)) {
      if (!isTagged || (isGlobal && call.region !== home)) continue;
      const n = own ? own(call, arn) : numberIn(call, name, arn);
      if (n !== undefined && arnOf(call, n) === arn) return n;
    }
    return undefined;
  };
  const getResources: Operation = (call) => {
    const ResourceTagMappingList = arnsIn(call).flatMap((arn) => {
      const n = numberOf(call, arn);
      return n === undefined ? [] : [{ ResourceARN: arn, Tags: tagsOf(n) }];
    });
    return json({ ResourceTagMappingList, PaginationToken: "" });
  };
  return { operations: { GetResources: getResources } };
}
