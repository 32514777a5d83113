/** The reader that comes with the page (zxing-cpp as WebAssembly), for browsers without one of their own. Its file is the page's, too. */
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";

prepareZXingModule({ overrides: { locateFile: (path: string, prefix: string) => (path.endsWith(".wasm") ? wasm : prefix + path) } });

/** Fetches the reader's file, so that the service worker has it before the network goes. */
export const fetchReader = async (): Promise<void> => void (await fetch(wasm));

/** The texts of the codes in a picture. */
export async function readPicture(picture: ImageData): Promise<string[]> {
  const found = await readBarcodes(picture, { formats: ["QRCode", "Code128"], maxNumberOfSymbols: 4, tryHarder: true });
  return found.map((f) => f.text).filter((t) => t !== "");
}
