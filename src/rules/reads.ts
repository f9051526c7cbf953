/** A field a verdict rests on. */
export interface Read {
  /** `attributes.rules.2.port`. */
  readonly field: string;
  /** null: there is nothing. */
  readonly value: unknown;
}

/** Where a value stands in a resource, from its end; put into words only where it is told. */
export interface Path {
  /** Null: a member of the resource itself. */
  readonly above: Path | null;
  readonly key: string | number;
}

export const fieldOf = ({ above, key }: Path): string => (above === null ? String(key) : `${fieldOf(above)}.${key}`);

const readsMax = 5;
const charactersMax = 200;
const elementsMax = 20;

/** So many are kept until they are told: those that were read last, some of them more than once. */
const keptMax = 64;

/** What a verdict rests on: the last few fields that were read. */
export class Reads {
  #kept: { readonly path: Path; readonly value: unknown }[] = [];

  add(path: Path, value: unknown): void {
    this.#kept.push({ path, value });
    if (this.#kept.length >= 2 * keptMax) this.#kept = this.#kept.slice(-keptMax);
  }

  all(): readonly Read[] {
    const told = new Map<string, unknown>();
    for (const { path, value } of this.#kept.toReversed()) {
      if (told.size < readsMax) told.set(fieldOf(path), value);
    }
    return [...told].toReversed().map(([field, value]) => ({ field: shortened(field), value: bounded(value) }));
  }
}

const shortened = (text: string): string => (text.length > charactersMax ? `${text.slice(0, charactersMax)}…` : text);

/** As it is when it is short, else the beginning of its JSON. */
function bounded(value: unknown): unknown {
  if (value === null || typeof value !== "object") return typeof value === "string" ? shortened(value) : value;
  const text = JSON.stringify(Array.isArray(value) ? value.slice(0, elementsMax) : value);
  return text.length > charactersMax || (Array.isArray(value) && value.length > elementsMax) ? shortened(text) : value;
}
