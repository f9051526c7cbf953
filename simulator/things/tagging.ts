import { json } from "../answers.ts";
import type { Operation } from "../calls.ts";
import { windowOf } from "../paging.ts";
import { countOf, tagsOf, type ThingKind, type ThingService } from "./thing.ts";

/** Source: Resource Groups Tagging API 2017-01-26. */
const paging = { token: "PaginationToken", limit: "ResourcesPerPage", byDefault: 50, min: 1, max: 100 };

/** Where the tags of things stand that live in no region. */
const home = "us-east-1";

/** The tagging API of all things whose kinds name a type. */
export function taggingOf(kinds: Readonly<Record<string, ThingKind>>): ThingService {
  const getResources: Operation = (call) => {
    const asked = call.input["ResourceTypeFilters"];
    const filters: readonly unknown[] = Array.isArray(asked) ? asked : [];
    const isMeant = ({ tagType, isGlobal }: ThingKind): boolean =>
      tagType !== undefined &&
      (!isGlobal || call.region === home) &&
      (filters.length === 0 || filters.some((one) => one === tagType || one === tagType.replace(/:.*/, "")));
    const meant = Object.entries(kinds)
      .filter(([, kind]) => isMeant(kind))
      .map(([name, kind]) => ({ kind, count: countOf(call, name) }));
    const total = meant.reduce((sum, { count }) => sum + count, 0);
    const { from, to, next } = windowOf(call, total, paging);
    let before = 0;
    const ResourceTagMappingList = meant.flatMap(({ kind, count }) => {
      const [first, last] = [Math.max(0, from - before), Math.min(count, to - before)];
      before += count;
      return Array.from({ length: Math.max(0, last - first) }, (_, at) => ({
        ResourceARN: kind.arnOf(call, first + at),
        Tags: tagsOf(first + at),
      }));
    });
    return json({ ResourceTagMappingList, PaginationToken: next ?? "" });
  };
  return { operations: { GetResources: getResources } };
}
