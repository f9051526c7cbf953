// Bundlers drop functions that nobody names, and keep every method of a class that is used. Here a library's methods go that are asked
// for nowhere in the whole bundle, of anything: neither `.name` nor `["name"]` nor `{ name }` stands outside of themselves.
import { readFileSync } from "node:fs";
import { build, transformSync } from "esbuild";
import { parts } from "./parts.mjs";

/** Parts that a build met. */
const found = new Set();
const library = /[\\/]node_modules[\\/].*\.(?:js|mjs|cjs)$/;

/** A method as esbuild prints it: its whole lines. */
const method =
  /^( +)(?:static |async |get |set |\*)*(#?[A-Za-z_$][\w$]*)\((?:(?:[^()\n]|\((?:[^()\n]|\([^()\n]*\))*\))*|\{\n(?:\1 .*\n)*\1\})\) \{\n(?:\1 .*\n|\n)*\1\},?\n/gm;

/** A member that is asked for, or a shorthand that may take one out of an object. */
const mention = /(?:\.|\["|[{,]\s*(?=[\w$]+ ?[,}]))(#?[A-Za-z_$][\w$]*)/g;

/** Words that look like methods, and methods that the language calls. */
const kept = new Set(
  (
    "if for while switch catch function constructor toString valueOf toJSON then next return throw fetch " +
    "apply construct get set has deleteProperty defineProperty ownKeys getOwnPropertyDescriptor getPrototypeOf"
  ).split(" "),
);

const printed = (text) => transformSync(text, { loader: "js", target: "esnext" }).code;

/** Names of members that are defined in libraries and never mentioned. */
function unmentioned(bundle) {
  const count = (text) => {
    const times = new Map();
    for (const [, name] of text.matchAll(mention)) times.set(name, (times.get(name) ?? 0) + 1);
    return times;
  };
  const asked = count(bundle);
  const own = new Map();
  const visit = (text) => {
    for (const { 0: whole, 2: name } of text.matchAll(method)) {
      own.set(name, (own.get(name) ?? 0) + (count(whole).get(name) ?? 0));
      visit(whole.slice(whole.indexOf("\n") + 1));
    }
  };
  for (const region of bundle.split(/^(?=\/\/ \S+\.\w+$)/m)) if (region.startsWith("// node_modules/")) visit(region);
  return [...own].filter(([name, times]) => !kept.has(name) && (asked.get(name) ?? 0) <= times).map(([name]) => name);
}

function without(names, text) {
  return text.replaceAll(method, (whole, _, name) => {
    if (names.has(name)) return "";
    const body = whole.indexOf("\n") + 1;
    return whole.slice(0, body) + without(names, whole.slice(body));
  });
}

/** A library's module without the parts that lead to what does not run. */
function trimmed(file) {
  const source = readFileSync(file, "utf8");
  // One that comes minified is put into lines first.
  let text = source.length > 1_000 * source.split("\n").length ? printed(source) : source;
  for (const part of parts.filter(([module]) => module.test(file))) {
    const [, from, to] = part;
    const lean = text.replaceAll(
      from instanceof RegExp && !from.global ? new RegExp(from, `${from.flags}g`) : from,
      to,
    );
    if (lean !== text) found.add(part);
    text = lean;
  }
  return text;
}

/** A plugin for builds of `options`. What it drops may have been all that mentioned others, so it looks until nothing is left. */
export async function deadMembers(options) {
  const dead = new Set();
  const plugin = {
    name: "dead members",
    setup({ onLoad }) {
      onLoad({ filter: library }, ({ path: file }) => ({
        contents: without(dead, printed(trimmed(file))),
        loader: "js",
      }));
    },
  };
  for (let names = null; names === null || names.length > 0;) {
    const { outputFiles } = await build({
      ...options,
      minify: false,
      minifySyntax: true,
      write: false,
      plugins: [...options.plugins, plugin],
    });
    names = unmentioned(outputFiles[0].text).filter((name) => !dead.has(name));
    for (const name of names) dead.add(name);
  }
  const gone = parts.filter((part) => !found.has(part)).map(([module, from]) => `${module}: ${from}`);
  if (gone.length > 0) throw new Error(`Parts of libraries are not found:\n${gone.join("\n")}`);
  return plugin;
}
