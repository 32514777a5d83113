/** What was scanned, told by its form alone: nobody with gloves chooses what a code is. */

export type Scanned =
  | { kind: "person"; code: string }
  | { kind: "person_id"; id: string }
  | { kind: "tube"; code: string }
  | { kind: "box"; code: string }
  /** A telephone or identity number, a name, four last digits: someone to look for. */
  | { kind: "search"; text: string }
  | { kind: "nothing" };

/** What the device knows besides the form. */
export interface Known {
  /** With what the codes of boxes begin here. */
  boxPrefix: string;
  isTube: (code: string) => boolean;
  isBox: (code: string) => boolean;
}

/** Crockford's digits, as the codes of persons have them. */
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 27;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Labels that a station writes itself may be short: `B001`. */
const BOX = /^(?=.*\d{2})[\x21-\x7e]{3,40}$/;
const CODE = /^[\x21-\x7e]{5,40}$/;

/** Tells what a scanned or typed text is. Wide letters and blanks, which Chinese keyboards add, are taken as they are meant. */
export function recognise(raw: string, known: Known): Scanned {
  const whole = raw.normalize("NFKC").trim();
  if (whole === "") return { kind: "nothing" };
  const text = lastOfAddress(whole);
  const person = personCode(text);
  if (person) return { kind: "person", code: person };
  if (UUID.test(text)) return { kind: "person_id", id: text.toLowerCase() };
  const code = text.replaceAll(/\s/g, "");
  if (known.isTube(code)) return { kind: "tube", code };
  if (known.isBox(code)) return { kind: "box", code };
  if (/^1[3-9]\d{9}$/.test(code) || identityNumber(code)) return { kind: "search", text: code };
  if (known.boxPrefix !== "" && BOX.test(code) && code.toUpperCase().startsWith(known.boxPrefix.toUpperCase())) return { kind: "box", code };
  if (!CODE.test(code) || !/\d/.test(code)) return { kind: "search", text: whole };
  return (code.match(/\d/g) ?? []).length >= 4 && code.length >= 6 ? { kind: "tube", code } : { kind: "search", text: whole };
}

/** A health code may be an address that ends with the code. */
function lastOfAddress(text: string): string {
  if (!/^https?:\/\//i.test(text)) return text;
  return text.split(/[?#]/)[0]?.split("/").filter(Boolean).at(-1) ?? text;
}

/** The code of a person as the book writes it, if this is one: 128 bits and a check of seven, so that no misread code is a person. */
export function personCode(text: string): string | null {
  const plain = text.toUpperCase().replaceAll(/[-\s]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  if (plain.length !== LENGTH) return null;
  const bits: number[] = [];
  for (const c of plain) {
    const d = DIGITS.indexOf(c);
    if (d < 0) return null;
    for (let i = 4; i >= 0; i--) bits.push((d >> i) & 1);
  }
  const given = bits.slice(128).reduce((n, b) => n * 2 + b, 0);
  return check(bits.slice(0, 128)) === given ? plain : null;
}

/** x⁷ + x³ + 1. */
function check(bits: readonly number[]): number {
  let crc = 0;
  for (const b of bits) {
    const carry = ((crc >> 6) ^ b) & 1;
    crc = ((crc << 1) & 0x7f) ^ (carry * 0x09);
  }
  return crc;
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** A resident identity number (GB 11643-1999): 17 digits and the check digit that they ask for. */
export function identityNumber(text: string): boolean {
  if (!/^\d{6}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX]$/i.test(text)) return false;
  const sum = WEIGHTS.reduce((n, w, i) => n + w * Number(text[i]), 0);
  return "10X98765432"[sum % 11] === text.toUpperCase()[17];
}
