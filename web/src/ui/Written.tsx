import { Link } from "wouter";
import { useSession } from "../api/session";
import { opens } from "./opens";

const ID = /((?:\bcase |病例\s*)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})/i;
/** So much of an id tells two apart for an eye. */
const SHOWN = 6;

/** What someone wrote, with the ids in it short: nobody reads thirty-six characters. One of a case leads there. */
export function Written({ text }: { text: string }) {
  return <span data-typed>{text.split(ID).map((part, i) => (i % 2 === 1 ? <Id key={i} of={part} /> : part))}</span>;
}

/** The same where a link has no room: inside a button. */
export const short = (text: string): string => text.split(ID).map((part, i) => (i % 2 === 1 ? `${part.slice(0, -36)}…${part.slice(-SHOWN)}` : part)).join("");

function Id({ of }: { of: string }) {
  const role = useSession()?.role;
  const id = of.slice(-36);
  const before = of.slice(0, -36);
  const at = `/cases/${id}`;
  const short = `…${id.slice(-SHOWN)}`;
  return (
    <>
      {before}
      {before && opens(role, at) ? (
        <Link href={at} title={id}>
          {short}
        </Link>
      ) : (
        <abbr title={id}>{short}</abbr>
      )}
    </>
  );
}
