import { XMLParser } from "fast-xml-parser";

const depthMax = 64;

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function character(whole: string, body: string): string {
  if (!body.startsWith("#")) return named[body] ?? whole;
  const point = /^#x/i.test(body) ? Number.parseInt(body.slice(2), 16) : Number.parseInt(body.slice(1), 10);
  return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
}

/** The five named entities and the numeric ones, in one pass: `&amp;#65;` is the text `&#65;`. */
const decodeEntities = (text: string): string =>
  text.includes("&") ? text.replaceAll(/&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|amp|lt|gt|quot|apos);/gi, character) : text;

/** The parser's own decoder leaves numeric entities alone unless all of HTML's are on, and is slow on many. */
const entityDecoder = {
  decode: decodeEntities,
  setExternalEntities: () => {},
  addInputEntities: () => {},
  reset: () => {},
  setXmlVersion: () => {},
};

const parserFor = (lists: ReadonlySet<string>): XMLParser =>
  new XMLParser({
    parseTagValue: false,
    ignoreAttributes: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    removeNSPrefix: true,
    maxNestedTags: depthMax,
    jPath: false,
    entityDecoder,
    isArray: (name) => name === "item" || name === "member" || lists.has(name),
  });

/**
 * The root element of an XML answer: its name and its decoded content. Leaves are text (never numbers, so `0123` survives),
 * empty elements are `""`; `item`, `member` and the names in `lists` are arrays. Throws a `SyntaxError` for a DOCTYPE, for
 * more than 64 levels and for what is not XML.
 */
export function decodeXml(
  text: string,
  lists: readonly string[] = [],
): { readonly name: string; readonly content: unknown } {
  if (/<!DOCTYPE/i.test(text)) throw new SyntaxError("XML with a DOCTYPE is refused");
  let decoded: unknown;
  try {
    decoded = parserFor(new Set(lists)).parse(text, true);
  } catch (cause) {
    throw new SyntaxError("Not XML that can be read", { cause });
  }
  const [root, ...more] = Object.entries(decoded as Record<string, unknown>);
  if (!root || more.length > 0) throw new SyntaxError("XML needs exactly one root element");
  const [name, content] = root;
  return { name, content: Array.isArray(content) ? (content as unknown[])[0] : content };
}
