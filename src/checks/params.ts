import { severities } from "./check.ts";

/** Something wrong with a parameter: where (JSON pointer below the parameters), and what. */
export interface ParamComplaint {
  readonly pointer: string;
  readonly message: string;
}

type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** What a check is asked with: an organization's parameters in the place of the defaults. */
export const effectiveParams = (defaults: object, own: Members | undefined): Members => ({ ...defaults, ...own });

/** What is wrong with an organization's parameters: each must be one of the check's, and like its default. */
export function paramComplaints(defaults: object, own: Members): ParamComplaint[] {
  const known = new Map<string, unknown>(Object.entries(defaults));
  const names = [...known.keys()].join(", ") || "none";
  return Object.entries(own).flatMap(([name, value]) =>
    known.has(name)
      ? unlike(known.get(name), value, `/${name}`)
      : [{ pointer: `/${name}`, message: `is not known here; known: ${names}` }],
  );
}

const numberMax = 1_000_000_000;
const textMax = 500;
const entriesMax = 200;

const complaint = (isWrong: boolean, pointer: string, message: string): ParamComplaint[] =>
  isWrong ? [{ pointer, message }] : [];

function unlike(standard: unknown, value: unknown, at: string): ParamComplaint[] {
  if (Array.isArray(standard)) return unlikeList(standard, value, at);
  if (isMembers(standard)) return unlikeMembers(standard, value, at);
  if (typeof standard === "number") {
    const fits = typeof value === "number" && value >= 0 && value <= numberMax;
    return complaint(!fits, at, `must be a number from 0 to ${numberMax}`);
  }
  if (typeof standard === "boolean") return complaint(typeof value !== "boolean", at, "must be true or false");
  const isSeverity = severities.some((severity) => severity === standard);
  if (isSeverity)
    return complaint(!severities.some((one) => one === value), at, `must be one of ${severities.join(", ")}`);
  const fits = typeof value === "string" && value.length > 0 && value.length <= textMax;
  return complaint(!fits, at, `must be a text of 1 to ${textMax} characters`);
}

/** Entries are like the first of the defaults; texts where there is none. */
function unlikeList([first = "text"]: readonly unknown[], value: unknown, at: string): ParamComplaint[] {
  if (!Array.isArray(value) || value.length > entriesMax)
    return [{ pointer: at, message: `must be a list of ${entriesMax} entries at most` }];
  return value.flatMap((entry, index) => unlike(first, entry, `${at}/${index}`));
}

/**
 * Members of one kind are a table with names of one's own; other members are all named. Where the default is empty, lists of texts.
 */
function unlikeMembers(standard: Members, value: unknown, at: string): ParamComplaint[] {
  const kinds = new Set(Object.values(standard).map(kindOf));
  if (!isMembers(value) || Object.keys(value).length > entriesMax)
    return [{ pointer: at, message: `must be an object of ${entriesMax} members at most` }];
  if (kinds.size <= 1) {
    const [first = ["text"]] = Object.values(standard);
    return Object.entries(value).flatMap(([name, member]) => unlike(first, member, `${at}/${name}`));
  }
  const missing = Object.keys(standard).filter((name) => !Object.hasOwn(value, name));
  return [
    ...missing.map((name) => ({ pointer: `${at}/${name}`, message: "is required" })),
    ...paramComplaints(standard, value).map(({ pointer, message }) => ({ pointer: at + pointer, message })),
  ];
}

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? "list" : isMembers(value) ? `{${Object.keys(value).toSorted().join()}}` : typeof value;
