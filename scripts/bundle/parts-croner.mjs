// Of croner the next times of five fields are asked for (src/lib/cron.ts): it runs nothing, and what else a field may say is refused before.

const croner = /croner[\\/]dist[\\/]croner\.js$/;

/** A method, as lines. */
const method = (name) => new RegExp(String.raw`^  ${name}\(.*\) \{\n[^]*?^  \}\n`, "m");
/** A statement with a block, within a method. */
const block = (head) => new RegExp(String.raw`^    ${head}[^]*?^    \}\n`, "m");

export const leanCroner = (uncalled) => [
  [
    croner,
    /^  constructor\(e, t, n\) \{\n    let r, a;[^]*?^  \}\n/m,
    "  constructor(e, t) {\n    this.options = t;\n    this._states = { pattern: new C(e, t.timezone, t) };\n  }\n",
  ],
  [croner, 'else if (e && typeof e == "string") this.fromString(e);', ""],
  [croner, /!e && r && this\.options\.interval && \(.*\);\n/, "\n"],
  [
    croner,
    "n === 1 ? l.increment(i, this.options, h) : l.decrement(i, this.options, h)",
    "l.increment(i, this.options, h)",
  ],
  ...uncalled(
    croner,
    "previousRuns enumerate getPattern getOnce isRunning isStopped isBusy currentRun previousRun msToNext stop pause resume schedule " +
      "_schedule _trigger trigger runsLeft _checkTrigger _previousTarget _previous _calculatePreviousRun decrement recurseBackward " +
      "recurseBackwardStep getMaxPatternValue findPrevious fromString",
  ),
  // L, W, # and +, seconds and years.
  [croner, block(String.raw`if \(this\.mode !== "auto"\) \{`), ""],
  [croner, block(String.raw`if \(e\[3\]\.toUpperCase\(\) === "LW"\)`), ""],
  [
    croner,
    block(String.raw`switch \(e\[5\] == "\*" && \(this\.starDOW = true\), this\.mode\) \{`),
    '    if (e[5] == "*") this.starDOW = true;\n    e[0] = "0", e[6] = "*";\n',
  ],
  [croner, method("extractNth"), "  extractNth(e) {\n    return [e];\n  }\n"],
  [croner, method("setNthWeekdayOfMonth"), "  setNthWeekdayOfMonth(e, t) {\n    this.dayOfWeek[e] = t;\n  }\n"],
  [croner, /^    if \(e\.toUpperCase\(\)\.includes\("W"\)\) throw .*\n/m, ""],
  [croner, block(String.raw`if \(!a\) \{\n      for \(let i = 0; i < n\.nearestWeekdays`), ""],
  [croner, block(String.raw`if \(n\.lastWeekday\) \{`), ""],
  [croner, block(String.raw`if \(n\.lastDayOfMonth\) \{`), ""],
  [croner, "o && o & 63 && (o = this.isNthWeekdayOfMonth(this.year, this.month, t, o) ? 1 : 0), ", ""],
  [croner, block(String.raw`if \(n === 0 && !e\.starYear\) \{`), ""],
  [croner, "this.alternativeWeekdays ? this.replaceAlpha(e[5], s.DAY_NAMES_QUARTZ) : ", ""],
  [croner, /^  static DAY_NAMES_QUARTZ = .*\n/m, ""],
];
