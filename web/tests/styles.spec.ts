/** A screen's styles stay loaded when one goes on to another area: a class that two areas define looks as the last one visited says. */
import { expect, test } from "@playwright/test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const SOURCE = join(import.meta.dirname, "../src");

/** The first class or element of each rule outside of print: what it can reach. */
function reached(css: string): Set<string> {
  const bare = css.replace(/\/\*[\s\S]*?\*\//g, "").replace(/@media print\s*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, "");
  const selectors = [...bare.matchAll(/([^{}]+)\{/g)].flatMap((m) => (m[1] ?? "").split(",").map((s) => s.trim()));
  return new Set(selectors.filter((s) => !s.startsWith("@")).flatMap((s) => /^(?:[a-z]+(?:\.[\w-]+)?|\.[\w-]+(?:\.[\w-]+)?)/.exec(s)?.[0] ?? []));
}

test("the check finds what it looks for", () => {
  expect([...reached("/* .x */ .a > .b, .c.d { } @media (min-width: 1px) { .e { } } @media print { .f { } }")]).toEqual([".a", ".c.d", ".e"]);
});

/** Lengths in pixels, hairlines and `999px` for round ends aside. The wall measures by its own height. */
test("everything grows with a very large screen", () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".css") && !f.endsWith("wall.css"));
  const still = files.flatMap((f) =>
    [...readFileSync(join(SOURCE, f), "utf8").replace(/@media[^{]*\{/g, "").matchAll(/(?<![\w.-])(\d+)px/g)].filter(([, n]) => Number(n) > 3 && n !== "999").map(([px]) => `${f}: ${px}`),
  );
  expect(still).toEqual([]);
});

test("no class has two looks", () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".css"));
  expect(files.length).toBeGreaterThan(5);
  const where = new Map<string, string[]>();
  for (const f of files) for (const s of reached(readFileSync(join(SOURCE, f), "utf8"))) where.set(s, [...(where.get(s) ?? []), f]);
  // `.field`, `.list` and `.wall` are begun by the theme and have parts that only one area adds to.
  const twice = [...where].filter(([s, fs]) => fs.length > 1 && ![".field", ".list", ".wall"].includes(s));
  expect(twice).toEqual([]);
});
