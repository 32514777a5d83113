/** A camera that looks at one QR code. */
import type { Page } from "@playwright/test";
import qrcode from "qrcode-generator";

/** From the next page on the camera sees this code. */
export async function sees(page: Page, text: string): Promise<void> {
  const code = qrcode(0, "M");
  code.addData(text, "Byte");
  code.make();
  const n = code.getModuleCount();
  const dark = Array.from({ length: n * n }, (_, i) => code.isDark(Math.floor(i / n), i % n));
  await page.addInitScript(
    ([size, modules]) => {
      navigator.mediaDevices.getUserMedia = async () => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
        const pen = canvas.getContext("2d");
        const draw = () => {
          if (!pen) return;
          pen.fillStyle = "#fff";
          pen.fillRect(0, 0, 640, 480);
          pen.fillStyle = "#000";
          modules.forEach((on, i) => on && pen.fillRect(120 + (i % size) * 9, 60 + Math.floor(i / size) * 9, 9, 9));
        };
        setInterval(draw, 100);
        return canvas.captureStream(10);
      };
    },
    [n, dark] as const,
  );
}
