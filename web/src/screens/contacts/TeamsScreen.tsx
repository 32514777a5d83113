/** Follow-up teams: whom they cover, what they have to do, who is away. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { bookNow, stamp } from "../../api/clock";
import { get } from "../../api/client";
import { queries } from "../../api/live";
import { say } from "../../api/say";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input } from "../../ui/Field";
import { download } from "../../ui/file";
import { Nothing, View } from "../../ui/State";
import { core } from "../../words/core";
import { number, time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { Form } from "../cases/parts/Form";
import { TeamForm } from "./TeamForm";
import { c } from "./words";
import "../cases/cases.css";

type Team = Schemas["TeamItem"];

export default function TeamsScreen() {
  const t = useText();
  const [form, setForm] = useState<{ what: "absent" | "end" | "edit"; team: Team } | "new" | null>(null);
  const teams = useQuery({ queryKey: ["/v1/teams"], queryFn: ({ signal }) => get<Schemas["Teams"]>("/v1/teams", {}, signal) });
  const day = stamp(bookNow()).slice(0, 10);
  const close = () => setForm(null);
  return (
    <>
      <div className="row spread">
        <h1>{t(c.teams)}</h1>
        <span className="row">
          <Button onClick={() => download(`/v1/papers/day-sheet.pdf?every=true&day=${day}`, `day-sheets-${day}.pdf`)}>{t(c.sheets)}</Button>
          <Button first onClick={() => setForm("new")}>
            {t(c.addTeam)}
          </Button>
        </span>
      </div>
      <View of={teams}>
        {(all) => (
          <>
            {all.nobody.people > 0 && (
              <Link href="/calls?team=-" className="note bad">
                {t(c.nobody, { n: number(all.nobody.people) })} · {t(c.dueN, { n: all.nobody.due })} →
              </Link>
            )}
            {all.items.length === 0 && <Nothing>{t(c.teamsEmpty)}</Nothing>}
            <ul className="grid" style={{ gridTemplateColumns: "repeat(auto-fill, minmax(min(100%, 24rem), 1fr))" }}>
              {all.items.map((x) => (
                <TeamCard key={x.team_id} team={x} day={day} onForm={(what) => setForm({ what, team: x })} />
              ))}
            </ul>
          </>
        )}
      </View>
      {form === "new" && <TeamForm team={null} onClose={close} />}
      {form !== null && form !== "new" && form.what === "edit" && <TeamForm team={form.team} onClose={close} />}
      {form !== null && form !== "new" && form.what !== "edit" && <Away team={form.team} what={form.what} onClose={close} />}
    </>
  );
}

function TeamCard({ team: x, day, onForm }: { team: Team; day: string; onForm: (what: "absent" | "end" | "edit") => void }) {
  const t = useText();
  const back = async () => {
    await say({ team_returned: { team: x.team_id, at: stamp() } });
    await queries.invalidateQueries();
  };
  const n = x.workload;
  const list = (need: string) => `/calls?need=${need}&team=${encodeURIComponent(x.team_id)}`;
  return (
    <li className="card stack" data-team={x.team_id}>
      <div className="row spread">
        <h2 data-typed>{x.name}</h2>
        <span className={`badge ${x.state === "present" ? "good" : "warn"}`}>
          {term("TeamState", x.state)} <span className="num">{time(x.state_since)}</span>
        </span>
      </div>
      {x.reason && <p data-typed>{x.reason}</p>}
      <p className={x.share > 1 ? "bad" : "muted"}>{t(c.load, { n: number(x.people), all: number(x.capacity) })}</p>
      <p className="muted" data-typed>
        {[x.place_names.join("、"), x.members.join("、")].filter(Boolean).join(" · ")}
      </p>
      {n && (
        <div className="row" style={{ gap: 8 }}>
          <Link href={list("due")} className="button">
            {t(c.dueN, { n: number(n.due) })}
          </Link>
          <Link href={list("overdue")} className={`button ${n.overdue > 0 ? "danger" : ""}`}>
            {t(c.overdueN, { n: number(n.overdue) })}
          </Link>
          <Link href={list("lost")} className={`button ${n.lost > 0 ? "danger" : ""}`}>
            {t(c.lostN, { n: number(n.lost) })}
          </Link>
          <span className="muted">{t(c.seenN, { n: number(n.seen) })}</span>
        </div>
      )}
      <div className="row" style={{ gap: 8 }}>
        {x.state === "absent" ? (
          <Button first onClick={back}>
            {t(c.returned)}
          </Button>
        ) : (
          <Button onClick={() => onForm("absent")}>{t(c.absent)}</Button>
        )}
        <Button onClick={() => onForm("edit")}>{t(c.edit)}</Button>
        <Button onClick={() => onForm("end")}>{t(c.end)}</Button>
        <Button onClick={() => download(`/v1/papers/day-sheet.pdf?team=${encodeURIComponent(x.team_id)}&day=${day}`, `day-sheet-${x.team_id}-${day}.pdf`)}>{t(c.sheet)}</Button>
      </div>
    </li>
  );
}

/** Away for a while, or for good: its people go to others at once. */
function Away({ team, what, onClose }: { team: Team; what: "absent" | "end"; onClose: () => void }) {
  const t = useText();
  const [reason, setReason] = useState("");
  const more = { team: team.team_id, at: stamp(), ...(reason.trim() ? { reason: reason.trim() } : {}) };
  const send = () => say(what === "absent" ? { team_absent: more } : { team_ended: more });
  return (
    <Dialog title={t(what === "absent" ? c.absent : c.end)} onClose={onClose}>
      <Form action={t(what === "absent" ? c.absent : c.end)} onSend={send} onDone={onClose} danger={what === "end"}>
        <p className="line-name" data-typed>
          {team.name}
        </p>
        <Input label={t(core.reason)} value={reason} onChange={(e) => setReason(e.target.value)} />
      </Form>
    </Dialog>
  );
}
