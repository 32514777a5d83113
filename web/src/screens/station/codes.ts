/** Codes as pictures: drawn as one path each, sharp at any size of print. */
import JsBarcode from "jsbarcode";
import qrcode from "qrcode-generator";

export interface Picture {
  width: number;
  height: number;
  path: string;
}

/** A Code 128 of one module's height. */
export function code128(text: string): Picture {
  const drawn: { encodings?: { data: string }[] } = {};
  JsBarcode(drawn, text, { format: "CODE128", displayValue: false });
  const bits = (drawn.encodings ?? []).map((e) => e.data).join("");
  const bars = [...bits.matchAll(/1+/g)].map((m) => `M${m.index} 0h${m[0].length}v1h-${m[0].length}z`);
  return { width: bits.length, height: 1, path: bars.join("") };
}

/** A QR code with the quiet zone of four modules. */
export function qr(text: string): Picture {
  const code = qrcode(0, "M");
  code.addData(text, /^[0-9A-Z $%*+\-./:]*$/.test(text) ? "Alphanumeric" : "Byte");
  code.make();
  const n = code.getModuleCount();
  let path = "";
  for (let y = 0; y < n; y++) for (let x = 0; x < n; x++) if (code.isDark(y, x)) path += `M${x + 4} ${y + 4}h1v1h-1z`;
  return { width: n + 8, height: n + 8, path };
}
