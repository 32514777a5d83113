/** Who may log in, in which role, for which place. */
import { type FormEvent, useState } from "react";
import { ask } from "../../api/client";
import { queries } from "../../api/live";
import type { Role, Schemas } from "../../api/types";
import { useSession } from "../../api/session";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input, Select } from "../../ui/Field";
import { List, usePages } from "../../ui/List";
import { PlaceName } from "../../ui/PlaceName";
import { toast } from "../../ui/toast";
import { core } from "../../words/core";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term, termsOf } from "../../words/terms";
import { Decide } from "./Decide";
import { ownPlace, PlacePicker } from "./Place";
import { admin as w } from "./words";

type Account = Schemas["AccountItem"];

export default function Accounts() {
  const t = useText();
  const me = useSession()?.account;
  const pages = usePages<Account>("/v1/accounts", {});
  const [changed, setChanged] = useState<Account | "new" | null>(null);
  const [revoked, setRevoked] = useState<Account | null>(null);
  return (
    <>
      <div className="row spread">
        <h1>{t(w.accounts)}</h1>
        <Button first onClick={() => setChanged("new")}>
          {t(w.newAccount)}
        </Button>
      </div>
      <List pages={pages} id={(a) => a.account} label={t(w.accounts)} line={76} empty={t(w.noAccounts)}>
        {(a) => (
          <div className="line row spread">
            <span className="grow">
              <strong data-typed>{a.account}</strong> <span className="badge">{term("Role", a.role)}</span>{" "}
              {!a.active && <span className="badge bad">{t(w.revoked, { time: time(a.revoked_at) })}</span>}
              <span className="muted" style={{ display: "block" }}>
                <PlaceName place={a.place} names="all" />
              </span>
            </span>
            {a.role !== "peer_book" && (
              <span className="row">
                <Button onClick={() => setChanged(a)} aria-label={`${t(w.change)} ${a.account}`}>{t(w.change)}</Button>
                {a.active && a.account !== me && <Button danger onClick={() => setRevoked(a)} aria-label={`${t(w.revoke)} ${a.account}`}>{t(w.revoke)}</Button>}
              </span>
            )}
          </div>
        )}
      </List>
      {changed && <AccountForm of={changed === "new" ? null : changed} onClose={() => setChanged(null)} />}
      {revoked && <Revoke account={revoked.account} onClose={() => setRevoked(null)} />}
    </>
  );
}

function AccountForm({ of, onClose }: { of: Account | null; onClose: () => void }) {
  const t = useText();
  const [account, setAccount] = useState(of?.account ?? "");
  const [role, setRole] = useState<Role>(of?.role ?? "sampler");
  const [place, setPlace] = useState(of?.place ?? ownPlace());
  const [password, setPassword] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (e: FormEvent) => {
    e.preventDefault();
    setBusy(true);
    setWrong(null);
    try {
      await ask(`/v1/accounts/${encodeURIComponent(account.trim())}`, { method: "PUT", body: { role, place, ...(password ? { password } : {}) } });
      toast("good", t(w.saved, { account: account.trim() }));
      onClose();
      await queries.invalidateQueries();
    } catch (x) {
      setWrong(x instanceof Error ? x.message : String(x));
    } finally {
      setBusy(false);
    }
  };
  const roles = termsOf("Role").filter((r) => r !== "peer_book");
  return (
    <Dialog title={of ? `${t(w.change)} ${of.account}` : t(w.newAccount)} onClose={onClose}>
      <form className="stack" onSubmit={(e) => void send(e)} autoComplete="off">
        {!of && <Input label={t(w.account)} hint={t(w.accountHint)} value={account} onChange={(e) => setAccount(e.target.value)} required autoCapitalize="none" pattern="\S{1,60}" autoFocus />}
        <Select label={t(w.role)} value={role} onChange={(e) => setRole(e.target.value as Role)} options={roles.map((r) => [r, term("Role", r)])} />
        <PlacePicker label={t(w.place)} hint={t(w.placeHint)} value={place} onPick={setPlace} />
        <Input label={t(w.newPassword)} hint={`${t(w.passwordHint)}${of ? ` · ${t(w.passwordKeep)}` : ""}`} type="password" autoComplete="new-password" minLength={8} required={!of} value={password} onChange={(e) => setPassword(e.target.value)} wrong={wrong} />
        <div className="row spread">
          <Button onClick={onClose}>{t(core.cancel)}</Button>
          <button type="submit" className="button first" disabled={busy}>
            {t(core.save)}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Revoke({ account, onClose }: { account: string; onClose: () => void }) {
  const t = useText();
  const revoke = async ({ reason }: { reason: string }) => {
    await ask(`/v1/accounts/${encodeURIComponent(account)}/revoke`, { method: "POST", body: { reason } });
    toast("good", t(w.revokedDone, { account }));
    await queries.invalidateQueries();
  };
  return (
    <Decide title={`${t(w.revokeTitle)} ${account}`} confirm={t(w.revoke)} danger withoutDecider onClose={onClose} onDecide={revoke}>
      <p className="note warn">{t(w.revokeMeans)}</p>
    </Decide>
  );
}
