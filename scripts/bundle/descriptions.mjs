// Declarations of the API hold their descriptions and examples; what runs needs none of them.

/** The end of a call's arguments, from behind its opening parenthesis. Strings and templates are stepped over. */
function endOfCall(text, from) {
  let depth = 1;
  let quote = null;
  let at = from;
  for (; depth > 0; at += 1) {
    const character = text[at];
    if (character === undefined) throw new Error("A call of .openapi() does not end");
    if (quote !== null) {
      if (character === "\\") at += 1;
      else if (character === quote) quote = null;
    } else if (character === '"' || character === "'" || character === "`") quote = character;
    else if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
  }
  return at;
}

function withoutCalls(text, call) {
  const parts = [];
  let at = 0;
  for (let found = text.indexOf(call); found >= 0; found = text.indexOf(call, at)) {
    parts.push(text.slice(at, found));
    at = endOfCall(text, found + call.length);
  }
  return [...parts, text.slice(at)].join("");
}

const quoted = '"(?:[^"\\\\]|\\\\.)*"';
const texts = new RegExp(
  `\\n +(?:summary|description):\\s*(?:${quoted}(?:\\s*\\+\\s*${quoted})*|\`[^\`]*\`),(?=\\n)`,
  "g",
);

/** A module without calls of `.openapi()`, and without the summaries and descriptions of its endpoints. */
export const withoutDescriptions = (text) => withoutCalls(text, ".openapi(").replaceAll(texts, "");
