/** What becomes of the records of an account that was revoked: numbers only, for nobody is logged in who may read names. */
import { useEffect } from "react";
import { number } from "../words/format";
import { useText, words } from "../words/language";
import type { QueueState } from "./db";
import { startSending } from "./sender";
import { useQueue } from "./useQueue";

const w = words({
  revoked: ["账号 {account} 已被停用，不能再登录", "Account {account} was revoked: it cannot log in any more"],
  why: ["如有疑问，请联系您的管理员", "Ask your administrator if you did not expect this"],
  sending: ["停用前采集的 {n} 条记录正在上传，请保持本页打开并联网", "{n} {n:record|records} from before {n:is|are} being handed in: leave this page open, with a network"],
  inBook: ["本机 {n} 条记录已写入台账；停用后补报的由指挥部复核", "{n} {n:record|records} of this device {n:is|are} in the book; the command looks at what was handed in after the account was revoked"],
  refused: ["{n} 条记录是停用之后的，未被接收：仍保存在本机。请将设备交给指挥员，不要清除数据", "{n} {n:record was|records were} made after that and not taken: kept on this device. Give the device to the commander, and clear nothing"],
  nothing: ["本机没有待上传的记录", "Nothing on this device waits to be handed in"],
});

export default function HandedIn({ account }: { account: string }) {
  const t = useText();
  const items = useQueue();
  useEffect(startSending, []);
  const own = items?.filter((i) => i.account === account) ?? [];
  const count = (...states: QueueState[]) => own.filter((i) => states.includes(i.state)).length;
  const [waiting, done, refused] = [count("waiting"), count("done"), count("refused", "unproven")];
  return (
    <section className="card stack" data-revoked={account} role="status">
      <h2 data-typed>{t(w.revoked, { account })}</h2>
      <p className="muted">{t(w.why)}</p>
      {waiting > 0 && <p className="note warn">{t(w.sending, { n: number(waiting) })}</p>}
      {done > 0 && <p className="note good">{t(w.inBook, { n: number(done) })}</p>}
      {refused > 0 && <p className="note bad">{t(w.refused, { n: number(refused) })}</p>}
      {items && own.length === 0 && <p>{t(w.nothing)}</p>}
    </section>
  );
}
