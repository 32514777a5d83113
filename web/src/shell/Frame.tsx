import { type ReactNode, useEffect, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import { ask } from "../api/client";
import { type Session, session, sessionEnded } from "../api/session";
import { holds } from "../offline/held";
import { Button } from "../ui/Button";
import { core } from "../words/core";
import { language, speak, useText } from "../words/language";
import { term } from "../words/terms";
import { type Screen, SCREENS } from "./screens";

export const screensOf = (s: Session): readonly Screen[] => SCREENS.filter((x) => x.roles.includes(s.role));

export function Frame({ session, lineUp, children }: { session: Session; lineUp: boolean; children: ReactNode }) {
  const t = useText();
  const [at] = useLocation();
  const [open, setOpen] = useState(false);
  const page = useRef<HTMLElement>(null);
  useEffect(() => setOpen(false), [at]);
  const own = screensOf(session).filter((s) => !s.path.includes(":"));
  // Of /station and /station/queue only the longer one is where one is.
  const current = own.map((s) => s.path).filter((p) => at === p || at.startsWith(`${p}/`)).sort((a, b) => b.length - a.length)[0];
  return (
    <div className="frame">
      <a
        className="button skip"
        href="#page"
        onClick={(e) => {
          e.preventDefault();
          page.current?.focus();
        }}
      >
        {t(core.toContent)}
      </a>
      <header className="top">
        <Button className="menu-button" onClick={() => setOpen(!open)} aria-expanded={open} aria-controls="menu" aria-label={t(core.menu)}>
          ☰
        </Button>
        <Link href="/" className="name" style={{ color: "inherit", textDecoration: "none" }}>
          Quell
        </Link>
        <span className="fill">
          <span data-typed>{session.account}</span> <span className="role">{term("Role", session.role)}</span>
        </span>
        {!lineUp && (
          <span className="badge warn" role="status" title={t(core.lineDown)}>
            {t(core.offline)}
          </span>
        )}
        <LanguageButton />
        <Button onClick={logOut}>{t(core.logOut)}</Button>
      </header>
      <div className="body">
        <nav id="menu" className={`menu ${open ? "open" : ""}`} aria-label={t(core.menu)}>
          {own.map((s) => (
            <Link key={s.path} href={s.path} aria-current={s.path === current ? "page" : undefined}>
              {t(s.title)}
            </Link>
          ))}
        </nav>
        <main ref={page} id="page" tabIndex={-1} className="page">
          {children}
        </main>
      </div>
    </div>
  );
}

export function LanguageButton() {
  const t = useText();
  const next = language() === "zh" ? "en" : "zh";
  return (
    <Button onClick={() => speak(next)} lang={next === "zh" ? "zh-CN" : "en"} data-language={next}>
      {t(core.other)}
    </Button>
  );
}

/**
 * The token ends on the server, too, if it can be reached; but not while records of the account wait on this device: they are handed in
 * with it, and it ends after the last of them (`offline/sender.ts`).
 */
async function logOut(): Promise<void> {
  const who = session();
  if (who && holds(who.account)) return sessionEnded();
  await ask("/v1/session/end", { method: "DELETE", patience: 3_000 }).catch(() => undefined);
  sessionEnded();
}
