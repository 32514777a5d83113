/** Numbers of results as one reads them; the files have all their figures. */

/** Figures that one reads: more are chance. */
const FIGURES = 3;

/** A number in as many figures as one reads; a whole number, and anything else, as it is. */
export function figures(cell: string): string {
  if (cell === "-0") return "0";
  if (!/^-?\d+\.\d+(e-?\d+)?$/.test(cell)) return cell;
  const x = Number(cell);
  if (Math.abs(x) >= 1_000) return x.toFixed(0);
  return cell.replace(/^-?[0.]*|\./g, "").length <= FIGURES ? cell : x.toPrecision(FIGURES);
}

/** A share of 1 in per cent; what is nearly nothing or nearly all is not told as nothing or all. */
export function perCent(cell: string): string {
  const x = Number(cell);
  if (cell === "" || !Number.isFinite(x)) return cell;
  if (x > 0 && x < 0.001) return "<0.1%";
  if (x < 1 && x > 0.999 && x < 1 - 1e-9) return ">99.9%";
  return `${Number((x * 100).toFixed(1))}%`;
}
