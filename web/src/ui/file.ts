/** Files to and from the device. */
import { ask } from "../api/client";

/** Fetches a file with the user's token and lets the browser save it. */
export async function download(path: string, name: string): Promise<void> {
  const response = await ask(path, { patience: 120_000 });
  save(await response.blob(), name);
}

export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const a = document.createElement("a");
  a.href = url;
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
