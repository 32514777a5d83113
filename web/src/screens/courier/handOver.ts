import { stamp } from "../../api/clock";
import { say } from "../../api/say";
import type { BoxItem } from "./shapes";

/** Says that boxes passed into other hands, all at once or none. */
export async function sayHandedOver(boxes: readonly BoxItem[], to: string, celsius: number | null): Promise<void> {
  const at = stamp();
  await say(
    ...boxes.map((b) => ({
      handed_over: { box: b.box, from: b.holder ?? b.place_name ?? b.place, to, at, ...(celsius === null ? {} : { temperature: celsius }) },
    })),
  );
}
