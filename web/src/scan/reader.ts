/** Reads codes from pictures of the camera: by the browser where it can, else by a reader that comes with the page. */

/** Gives the texts of the codes in the picture of now. */
export interface Reader {
  read: (video: HTMLVideoElement) => Promise<string[]>;
}

interface Detector {
  detect: (source: CanvasImageSource) => Promise<{ rawValue: string }[]>;
}
interface Detectors {
  new (o: { formats: string[] }): Detector;
  getSupportedFormats: () => Promise<string[]>;
}

const FORMATS = ["qr_code", "code_128"];

/** The browser's own reader knows these codes, or there is the other one. */
export async function openReader(): Promise<Reader> {
  return (await ofBrowser()) ?? (await ofPage());
}

/** Sees to it that codes can be read without a network. */
export async function prepareReader(): Promise<void> {
  if ((await ofBrowser()) === null) await (await import("./zxing")).fetchReader();
}

async function ofBrowser(): Promise<Reader | null> {
  const detectors = (globalThis as { BarcodeDetector?: Detectors }).BarcodeDetector;
  if (!detectors) return null;
  const can = await detectors.getSupportedFormats().catch((): string[] => []);
  if (!FORMATS.every((f) => can.includes(f))) return null;
  const detector = new detectors({ formats: FORMATS });
  return { read: async (video) => (await detector.detect(video)).map((c) => c.rawValue) };
}

async function ofPage(): Promise<Reader> {
  const { readPicture } = await import("./zxing");
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return {
    read: async (video) => {
      if (!pen || video.videoWidth === 0) return [];
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      pen.drawImage(video, 0, 0);
      return readPicture(pen.getImageData(0, 0, canvas.width, canvas.height));
    },
  };
}
