import { type FormEvent, lazy, Suspense, useState } from "react";
import { ask } from "../api/client";
import { revokedHere, type Session, sessionBegun } from "../api/session";
import { useHeld } from "../offline/held";
import { Input } from "../ui/Field";
import { core } from "../words/core";
import { useText, words } from "../words/language";
import { LanguageButton } from "./Frame";

const HandedIn = lazy(() => import("../offline/HandedIn"));

const w = words({
  held: ["本机有 {n} 条记录等待上传（账号 {account}），不会丢失", "{n} {n:record waits|records wait} on this device (account {account}); nothing is lost"],
  intro: ["疫情处置：采、送、检、报、转、收，一人不漏", "Outbreak response: swab, transport, test, report, transfer, bed, and nobody missed"],
});

export function LogIn() {
  const t = useText();
  const [account, setAccount] = useState("");
  const [password, setPassword] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const held = useHeld();
  const revoked = revokedHere();
  const send = async (e: FormEvent) => {
    e.preventDefault();
    setBusy(true);
    setWrong(null);
    try {
      const response = await ask("/v1/session", { method: "POST", body: { account: account.trim(), password } });
      sessionBegun((await response.json()) as Session);
    } catch (x) {
      setWrong(x instanceof Error ? x.message : String(x));
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="page" style={{ maxWidth: "27rem", margin: "0 auto", paddingTop: "12vh" }}>
      <div className="row spread">
        <h1>Quell</h1>
        <LanguageButton />
      </div>
      <p className="muted">{t(w.intro)}</p>
      {revoked && (
        <Suspense>
          <HandedIn account={revoked} />
        </Suspense>
      )}
      <form className="card stack" onSubmit={(e) => void send(e)}>
        <Input label={t(core.account)} value={account} onChange={(e) => setAccount(e.target.value)} autoComplete="username" autoCapitalize="none" autoFocus required />
        <Input label={t(core.password)} type="password" value={password} onChange={(e) => setPassword(e.target.value)} autoComplete="current-password" required wrong={wrong} />
        <button type="submit" className="button first wide" disabled={busy}>
          {t(core.logIn)}
        </button>
      </form>
      {Object.entries(held).filter(([who]) => who !== revoked).map(([who, n]) => (
        <p key={who} className="note warn" role="status" data-held={n}>
          {t(w.held, { n, account: who })}
        </p>
      ))}
    </main>
  );
}
