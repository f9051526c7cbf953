// @marcbachmann/cel-js as the Worker bundles it: what parses, which is half of it. src/rules checks and evaluates itself.
import { createOptions } from "../../node_modules/@marcbachmann/cel-js/lib/options.js";
import { Parser } from "../../node_modules/@marcbachmann/cel-js/lib/parser.js";

/** Without macros a loop is a call like any other. */
const registry = { enableOptionalTypes: false, findMacro: () => null };

export class Environment {
  #parser;

  constructor(options) {
    this.#parser = new Parser(createOptions(options).limits, registry);
  }

  parse(source) {
    return { ast: this.#parser.parse(source) };
  }
}
