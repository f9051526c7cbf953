// AWS promises no order, and an unchanged thing must read the same every time.

/** Each text once, in one order. */
export const ordered = (texts: readonly (string | null)[]): readonly string[] =>
  [...new Set(texts.filter((text) => text !== null))].toSorted();

/** Puts things in the order of a text of theirs. */
export const by =
  <Thing>(textOf: (thing: Thing) => string) =>
  (a: Thing, b: Thing): number =>
    textOf(a) < textOf(b) ? -1 : 1;
