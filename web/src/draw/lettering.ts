/** How a name is written into a tile: in one line or two, as large as fits; or cut short. Pure: widths are those of common fonts. */

/** Width of a text in multiples of its size: a Chinese character is as wide as it is high. */
export const widthOf = (text: string): number => [...text].reduce((n, c) => n + (c.charCodeAt(0) > 0x2e80 ? 1 : 0.6), 0);

/** The lines of a name, and how wide the widest is. A long name in letters takes two lines where one would be too small. */
export function linesOf(name: string, width: number, height: number): { lines: string[]; wide: number } {
  const lines = name.includes(" ") && width < height * 2.2 ? name.split(" ", 2) : [name];
  return { lines, wide: Math.max(...lines.map(widthOf)) };
}

/** A text that has so much room at this size; what is too long ends in an ellipsis. */
export function cut(text: string, room: number, size: number): string {
  if (widthOf(text) * size <= room) return text;
  const kept: string[] = [];
  for (const c of text) {
    if (widthOf([...kept, c, "…"].join("")) * size > room) break;
    kept.push(c);
  }
  return kept.length > 0 ? `${kept.join("")}…` : "";
}
