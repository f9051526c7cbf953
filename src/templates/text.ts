/** What shows nothing, moves text about or ends a line: controls, separators, and what turns the direction of writing. */
// oxlint-disable-next-line no-control-regex
const unseen = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+/g;

/** One line of text that means nothing to whoever shows it; what is longer than `max` UTF-16 units ends in `…`. */
export const plain = (text: string, max: number): string =>
  shortened(
    text
      .slice(0, 4 * max)
      .toWellFormed()
      .replace(unseen, " ")
      .replace(/\s+/g, " ")
      .trim(),
    max,
  );

/** At most `max` UTF-16 units; no character is torn apart. */
export function shortened(text: string, max: number): string {
  return text.length <= max ? text : `${whole(text.slice(0, max - 1))}…`;
}

/** Without half a character at its end. */
const whole = (text: string): string => (/[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text);

/** As much of a text as fits into `max` UTF-16 units once every character of it is written as `escape` has it. */
export function fitted(text: string, max: number, escape: (character: string) => string): string {
  let out = "";
  for (const character of text) {
    const next = escape(character);
    if (out.length + next.length > max - 1) return `${out}…`;
    out += next;
  }
  return out;
}
