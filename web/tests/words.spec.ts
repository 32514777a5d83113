/** No text of the page stands outside its words: each has a Chinese and an English form. */
import { expect, test } from "@playwright/test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { dayStart, offset, setZone, wall } from "../src/api/zone";
import { hour, time, yearsOld } from "../src/words/format";

const SOURCE = join(import.meta.dirname, "../src");
/** Attributes that people read or hear. */
const SPOKEN = new Set(["title", "label", "hint", "placeholder", "alt", "aria-label", "aria-description", "empty"]);

const stamp = (at: number): string => wall(at) + offset();

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".tsx"));

/** Letters that would have to be translated: not a symbol, a number, a unit or a code. */
const isText = (s: string): boolean => /\p{L}{2,}/u.test(s.replace(/&\w+;/g, "")) && !/^\s*(Quell|CSV|PDF|SVG|QR|Ct|SpO₂|ORF1ab|kPa|bpm)\s*$/.test(s);

function textsOutside(source: string, name: string): string[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const visit = (n: ts.Node): void => {
    if (ts.isJsxText(n) && isText(n.text)) found.push(n.text.trim());
    if (ts.isJsxAttribute(n) && SPOKEN.has(n.name.getText(file)) && n.initializer && ts.isStringLiteral(n.initializer) && isText(n.initializer.text)) found.push(n.initializer.text);
    if (ts.isJsxExpression(n) && n.expression && ts.isStringLiteralLike(n.expression) && (ts.isJsxElement(n.parent) || ts.isJsxFragment(n.parent)) && isText(n.expression.text)) found.push(n.expression.text);
    ts.forEachChild(n, visit);
  };
  visit(file);
  return found;
}

test("the check finds what it looks for", () => {
  expect(textsOutside(`const a = <p title="Beds">Ward {"beds"} {n} · 12</p>;`, "a.tsx")).toEqual(["Beds", "Ward", "beds"]);
  expect(textsOutside(`const a = <p className="note">{t(w.beds)} · {n}</p>;`, "a.tsx")).toEqual([]);
});

test("every text has its translation", () => {
  expect(files.length).toBeGreaterThan(5);
  const found = files.flatMap((f) => textsOutside(readFileSync(join(SOURCE, f), "utf8"), f).map((t) => `${f}: ${t}`));
  expect(found).toEqual([]);
});

/** Chinese texts have Chinese in them, English ones have none. */
test("each language is in its place", () => {
  const pairs = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .filter((f) => /\.tsx?$/.test(f))
    .map((f) => [f, readFileSync(join(SOURCE, f), "utf8")] as const)
    .filter(([, source]) => /\bwords\(|: Text\b|: Of</.test(source))
    .flatMap(([f, source]) => [...source.matchAll(/\w+: \[("(?:[^"\\]|\\.)*"),\s*("(?:[^"\\]|\\.)*"),?\s*\]/g)].map((m) => [f, m[1] ?? "", m[2] ?? ""] as const));
  expect(pairs.length).toBeGreaterThan(500);
  // What is filled in, and codes like `quell-links`, are no text.
  const bare = (s: string) => s.replace(/\{\w+(?::[^{}]*)?\}/g, "").replace(/[a-z]+-[a-z]+/g, "");
  const chinese = /[\u4e00-\u9fff]/;
  const wrong = pairs.filter(([, zh, en]) => (chinese.test(en) && en !== '"中文"') || (isText(bare(en)) && isText(bare(zh)) && !chinese.test(zh) && zh !== '"English"'));
  expect(wrong).toEqual([]);
});

test("times are those of the book's place, whatever zone the device is set to", () => {
  const noon = Date.parse("2022-11-27T12:00:00Z");
  expect([stamp(noon), time(noon), dayStart(noon)]).toEqual(["2022-11-27T20:00:00+08:00", "11/27 20:00", Date.parse("2022-11-26T16:00:00Z")]);
  setZone(-270);
  expect([stamp(noon), hour(noon), dayStart(noon)]).toEqual(["2022-11-27T07:30:00-04:30", "07:30", Date.parse("2022-11-27T04:30:00Z")]);
  expect([yearsOld("1990-11-27", noon), yearsOld("1990-11-28", noon)]).toEqual([32, 31]);
  setZone(480);
});
