/** A field a verdict rests on. */
export interface Read {
  /** `attributes.rules.2.port`. */
  readonly field: string;
  /** null: there is nothing. */
  readonly value: unknown;
}

const readsMax = 5;
const charactersMax = 200;

/** What a verdict rests on: the last few fields that were read. */
export class Reads {
  readonly #values = new Map<string, unknown>();

  add(field: string, value: unknown): void {
    this.#values.delete(field);
    this.#values.set(field, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > readsMax && oldest !== undefined) this.#values.delete(oldest);
  }

  all(): readonly Read[] {
    return [...this.#values].map(([field, value]) => ({ field: shortened(field), value: bounded(value) }));
  }
}

const shortened = (text: string): string => (text.length > charactersMax ? `${text.slice(0, charactersMax)}…` : text);

/** As it is when it is short, else the beginning of its JSON. */
function bounded(value: unknown): unknown {
  if (value === null || typeof value !== "object") return typeof value === "string" ? shortened(value) : value;
  const text = JSON.stringify(value);
  return text.length > charactersMax ? shortened(text) : value;
}
