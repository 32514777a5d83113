/** What the colours and lines of the picture mean. */
import { DASH } from "../../draw/paint";
import { number } from "../../words/format";
import { useText } from "../../words/language";
import { COLOURS } from "./look";
import { w } from "./words";

export function Legend({ contacts }: { contacts: number }) {
  const t = useText();
  return (
    <ul className="row" aria-label={t(w.legend)} style={{ gap: "4px 18px", fontSize: "0.9rem" }}>
      {(["community", "controlled", "unknown"] as const).map((k) => (
        <Entry key={k} text={t(w[k])}>
          <circle cx="14" cy="9" r="6" fill={COLOURS[k]} />
        </Entry>
      ))}
      <Entry text={t(w.hollow)}>
        <circle cx="14" cy="9" r="5.5" fill="#fff" stroke={COLOURS.controlled} strokeWidth="2.5" />
      </Entry>
      {(["high", "medium", "low"] as const).map((k) => (
        <Entry key={k} text={t(w[k])}>
          <path d="M1 9H27" stroke={COLOURS.ink} strokeWidth="2" strokeDasharray={DASH[k].join(" ")} />
        </Entry>
      ))}
      <Entry text={t(w.doubtful)}>
        <path d="M1 9H27" stroke={COLOURS.doubt} strokeWidth="2" />
        <circle cx="14" cy="9" r="7" fill={COLOURS.doubt} />
        <text x="14" y="13" textAnchor="middle" fontSize="12" fontWeight="bold" fill="#fff">
          !
        </text>
      </Entry>
      {contacts > 0 && (
        <>
          {(["contact", "contactCase", "contactEnded"] as const).map((k) => (
            <Entry key={k} text={t(w[k])}>
              <rect x="11" y="6" width="6" height="6" fill={COLOURS[k]} />
            </Entry>
          ))}
          <li className="muted">{t(w.contactsShown, { n: number(contacts) })}</li>
        </>
      )}
    </ul>
  );
}

function Entry({ text, children }: { text: string; children: React.ReactNode }) {
  return (
    <li style={{ display: "inline-flex", alignItems: "center", gap: 6 }}>
      <svg viewBox="0 0 28 18" style={{ width: "1.75rem", height: "1.125rem" }} aria-hidden="true">
        {children}
      </svg>
      {text}
    </li>
  );
}
