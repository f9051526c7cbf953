/** What stands between `<name>` and its end; `""` when there is no such element. */
export function inside(body: string, name: string): string {
  const from = body.indexOf(`<${name}>`);
  const to = body.lastIndexOf(`</${name}>`);
  return from < 0 || to < 0 ? "" : body.slice(from + name.length + 2, to);
}

/** The elements called `tag` that stand side by side in a text; the same name may come again within them. */
export function elements(text: string, tag: string): readonly string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (const match of text.matchAll(new RegExp(`<(/?)${tag}(/?)>`, "g"))) {
    const [whole, closes, empty] = match;
    if (empty) continue;
    if (!closes && depth === 0) from = match.index;
    depth += closes ? -1 : 1;
    if (depth === 0) found.push(text.slice(from, match.index + whole.length));
  }
  return found;
}

/** The text of the first element of that name, or `""`. */
export function textOf(fragment: string, name: string): string {
  const from = fragment.indexOf(`<${name}>`);
  return from < 0 ? "" : fragment.slice(from + name.length + 2, fragment.indexOf("<", from + name.length + 2));
}
