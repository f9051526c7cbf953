import { NotKnown, type Meter } from "./meter.ts";
import { subjectFields, type RuleSubject } from "./subject.ts";

/** A value somewhere in a resource. */
export interface Place {
  /** Where: `attributes.rules.2.port`. */
  readonly field: string;
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
    return [{ field, value: tags && (Object.hasOwn(tags, key) ? tags[key] : null) }];
  }
  const [, ...path] = field.split(".");
  // safe: `fieldProblem` admits no other names.
  if (path.length === 0) return [{ field, value: subject[field as (typeof subjectFields)[number]] }];
  return below({ field: "attributes", value: subject.attributes }, path, meter);
}

function below(place: Place, path: readonly string[], meter: Meter): readonly Place[] {
  const [part, ...rest] = path;
  if (part === undefined || place.value === undefined) return [place];
  meter.spend(1);
  const inside = part === "*" ? elementsOf(place) : [memberOf(place, part)];
  return inside.flatMap((one) => below(one, rest, meter));
}

const elementsOf = ({ field, value }: Place): Place[] =>
  value !== null && typeof value === "object"
    ? Object.entries(value).map(([key, element]) => ({ field: `${field}.${key}`, value: element as unknown }))
    : [];

function memberOf({ field, value }: Place, part: string): Place {
  const at = `${field}.${part}`;
  if (value === null) return { field: at, value: null };
  if (Array.isArray(value)) return { field: at, value: /^\d+$/.test(part) ? (value[Number(part)] ?? null) : undefined };
  if (typeof value !== "object") return { field: at, value: null };
  return { field: at, value: Object.hasOwn(value, part) ? (value as Record<string, unknown>)[part] : undefined };
}

/** Of a value that must be known. Throws `NotKnown`. */
export function known({ field, value }: Place): unknown {
  if (value === undefined) throw new NotKnown(`${field} is not known`);
  return value;
}
