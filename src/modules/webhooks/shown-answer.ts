const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Markup to a page, and what moves a terminal's cursor or turns or hides text: control and format characters but tab and line feed. */
const special = /[&<>"']|(?![\t\n])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** The answer of a stranger's server as it may be shown: HTML's characters as entities, what is not seen as `\u{…}`. */
export const shownAnswer = (text: string): string =>
  text.replace(special, (letter) => entities[letter] ?? `\\u{${letter.codePointAt(0)?.toString(16)}}`);
