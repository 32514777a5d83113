/** Times as a form has them: the book's local time, whatever zone the device is set to. */
import { bookNow, stamp } from "../../api/clock";
import { offset } from "../../api/zone";

/** For `<input type="datetime-local">`. */
export const toField = (at: number = bookNow()): string => stamp(at).slice(0, 16);

/** As facts and queries want it; null while the field is empty or half filled in. */
export const ofField = (text: string): string | null => (/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? `${text}:00${offset()}` : null);

/** The day that it is in the book's place. */
export const today = (): string => stamp().slice(0, 10);
