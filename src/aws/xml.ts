import { Parser } from "saxen";

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

/** An element on the way to being decoded: text as long as it has no members. */
interface Open {
  readonly name: string;
  members: Record<string, unknown> | null;
  text: string;
}

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
  const repeated = new Set([...lists, "item", "member"]);
  const document: Open = { name: "", members: null, text: "" };
  const path = [document];
  const refuse = (cause: Error): never => {
    throw new SyntaxError("Not XML that can be read", { cause });
  };
  new Parser()
    .on("openTag", (tag, attributes) => {
      // They say nothing, but they have to be XML.
      attributes();
      if (path.length > depthMax) throw new SyntaxError(`XML of more than ${depthMax} levels is refused`);
      path.push({ name: localName(tag), members: null, text: "" });
    })
    .on("closeTag", () => {
      const closed = path.pop();
      const parent = path.at(-1);
      if (closed && parent) addMember(parent, closed, repeated.has(closed.name));
    })
    .on("text", (value) => addText(path, decodeEntities(value)))
    .on("cdata", (value) => addText(path, value))
    .on("warn", refuse)
    .on("error", refuse)
    .parse(text);
  const [root, ...more] = Object.entries(document.members ?? {});
  if (!root || more.length > 0 || document.text !== "") throw new SyntaxError("XML needs exactly one root element");
  const [name, content] = root;
  return { name, content: Array.isArray(content) ? (content as unknown[])[0] : content };
}

/** Without its prefix: namespaces are not told apart. */
const localName = (tag: string): string => tag.slice(tag.indexOf(":") + 1);

function addText(path: readonly Open[], text: string): void {
  const element = path.at(-1);
  if (element) element.text += text;
}

/** White space around text is layout. */
const contentOf = ({ members, text }: Open): unknown => members ?? text.trim();

function addMember(parent: Open, child: Open, isList: boolean): void {
  parent.members ??= Object.create(null) as Record<string, unknown>;
  const { members } = parent;
  const content = contentOf(child);
  const before = members[child.name];
  if (Array.isArray(before)) before.push(content);
  else if (before !== undefined) members[child.name] = [before, content];
  else members[child.name] = isList ? [content] : content;
}
