/** The plates that a result file names itself. Only of text: a workbook is read by the server alone. */

/** What the column is called: as in `mappings/plate.toml`. */
const COLUMNS = ["板号", "板编号", "批次", "批号", "plate", "plate id", "run", "run id", "batch"];
/** Results of a day, with room. */
const READ_BYTES = 4_000_000;

/** The plates of a file's own column, in the order in which they come; none if it has no such column or is no text. */
export async function platesIn(file: File): Promise<string[]> {
  const text = decoded(await file.slice(0, READ_BYTES).arrayBuffer());
  const [head = "", ...rows] = text.replace(/^\ufeff/, "").split(/\r?\n/);
  const sign = [",", "\t", ";"].sort((a, b) => head.split(b).length - head.split(a).length)[0] ?? ",";
  const at = cells(head, sign).findIndex((c) => COLUMNS.includes(c.toLowerCase()));
  return at < 0 ? [] : [...new Set(rows.map((r) => cells(r, sign)[at] ?? "").filter((p) => p !== ""))];
}

/** Instruments in China write GBK where they do not write UTF-8. */
function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

function cells(line: string, sign: string): string[] {
  const found: string[] = [];
  let [cell, quoted] = ["", false];
  for (const c of line) {
    if (c === '"') quoted = !quoted;
    else if (c === sign && !quoted) [cell] = ["", found.push(cell.trim())];
    else cell += c;
  }
  return [...found, cell.trim()];
}
