/** What may be said of a value before it is there. `dyn`: nothing. */
export type CelType =
  | "dyn"
  | "null"
  | "bool"
  | "number"
  | "string"
  | "timestamp"
  | "duration"
  | "list"
  | "map"
  | "resource";

/** Whether a value of this type may be one of those. */
export const fitting = (type: CelType, types: readonly CelType[]): boolean =>
  type === "dyn" || types.includes("dyn") || types.includes(type);

interface FunctionType {
  /** Its argument, or a method's receiver. */
  readonly takes: readonly CelType[];
  /** A method's arguments. */
  readonly with?: readonly CelType[];
  readonly answers: CelType;
}

const sized: FunctionType = { takes: ["string", "list", "map"], answers: "number" };

export const functionTypes: Readonly<Record<string, FunctionType>> = {
  size: sized,
  int: { takes: ["number", "string", "timestamp"], answers: "number" },
  double: { takes: ["number", "string"], answers: "number" },
  string: { takes: ["string", "number", "bool"], answers: "string" },
  timestamp: { takes: ["string", "number", "timestamp"], answers: "timestamp" },
  duration: { takes: ["string", "duration"], answers: "duration" },
  dyn: { takes: ["dyn"], answers: "dyn" },
};

const ofTexts: FunctionType = { takes: ["string"], with: ["string"], answers: "bool" };
const changed: FunctionType = { takes: ["string"], answers: "string" };
const ofDate: FunctionType = { takes: ["timestamp"], answers: "number" };
const ofTime: FunctionType = { takes: ["timestamp", "duration"], answers: "number" };

export const methodTypes: Readonly<Record<string, FunctionType>> = {
  size: sized,
  contains: ofTexts,
  startsWith: ofTexts,
  endsWith: ofTexts,
  glob: ofTexts,
  lowerAscii: changed,
  upperAscii: changed,
  getFullYear: ofDate,
  getMonth: ofDate,
  getDate: ofDate,
  getDayOfWeek: ofDate,
  getHours: ofTime,
  getMinutes: ofTime,
  getSeconds: ofTime,
};
