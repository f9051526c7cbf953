import { NotKnown, type Meter } from "./meter.ts";
import { fieldOf, type Path } from "./reads.ts";
import { subjectFields, type RuleSubject } from "./subject.ts";

/** A value somewhere in a resource. */
export interface Place {
  readonly path: Path;
  /** `undefined`: not known. */
  readonly value: unknown;
}

const lengthMax = 200;
const partsMax = 12;

/** What is wrong with the name of a field; null: nothing. */
export function fieldProblem(field: string): string | null {
  if (field.length > lengthMax) return `is longer than ${lengthMax} characters`;
  if (subjectFields.some((one) => one === field)) return null;
  if (/^tags\.[^*]/.test(field)) return null;
  const parts = field.split(".");
  const isPath = parts[0] === "attributes" && parts.length > 1 && !parts.includes("");
  if (isPath && parts[1] !== "*") return parts.length > partsMax ? `goes deeper than ${partsMax} members` : null;
  return `is not a field; known: ${subjectFields.join(", ")}, tags.<key>, attributes.<member>`;
}

/**
 * The values a field names: one, or where it has a `*` those of every element. What is behind null is null; a member that is
 * not there is not known.
 */
export function placesOf(subject: RuleSubject, field: string, meter: Meter): readonly Place[] {
  meter.spend(1);
  if (field.startsWith("tags.")) {
    const key = field.slice("tags.".length);
    const { tags } = subject;
    const path = { above: { above: null, key: "tags" }, key };
    return [{ path, value: tags && (Object.hasOwn(tags, key) ? tags[key] : null) }];
  }
  const [first = "", ...rest] = field.split(".");
  const path = { above: null, key: first };
  // safe: `fieldProblem` admits no other names.
  if (rest.length === 0) return [{ path, value: subject[first as (typeof subjectFields)[number]] }];
  return below({ path, value: subject.attributes }, rest, meter);
}

function below(place: Place, keys: readonly string[], meter: Meter): readonly Place[] {
  const [key, ...rest] = keys;
  if (key === undefined || place.value === undefined) return [place];
  meter.spend(1);
  const inside = key === "*" ? elementsOf(place, meter) : [memberOf(place, key)];
  return rest.length === 0 ? inside : inside.flatMap((one) => below(one, rest, meter));
}

function elementsOf({ path: above, value }: Place, meter: Meter): Place[] {
  if (value === null || typeof value !== "object") return [];
  const keys = Object.keys(value);
  meter.spend(keys.length);
  const members = value as Readonly<Record<string, unknown>>;
  return keys.map((key) => ({ path: { above, key }, value: members[key] }));
}

function memberOf({ path: above, value }: Place, key: string): Place {
  const path = { above, key };
  if (value === null) return { path, value: null };
  if (Array.isArray(value)) return { path, value: /^\d+$/.test(key) ? (value[Number(key)] ?? null) : undefined };
  if (typeof value !== "object") return { path, value: null };
  return { path, value: Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined };
}

/** Of a value that must be known. Throws `NotKnown`. */
export function known({ path, value }: Place): unknown {
  if (value === undefined) throw new NotKnown(`${fieldOf(path)} is not known`);
  return value;
}
