import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "wouter";
import { get } from "../../api/client";
import { bookNow } from "../../api/clock";
import { useSession } from "../../api/session";
import type { Page, Schemas } from "../../api/types";
import { Due } from "../../ui/Due";
import { Fault, View } from "../../ui/State";
import { yearsOld } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { Acts } from "./Acts";
import { Orders } from "./Orders";
import { Seen } from "./Seen";
import { Standing } from "./Standing";
import { Timeline } from "./Timeline";
import { w } from "./words";
import "./person.css";

type View1 = Schemas["PersonView"];

/** Everything known of one person, on one page. */
export default function Person() {
  const { person: id = "" } = useParams<{ person: string }>();
  const at = `/v1/persons/${encodeURIComponent(id)}`;
  const person = useQuery({ queryKey: ["/v1/persons", id], queryFn: ({ signal }) => get<View1>(at, {}, signal) });
  return <View of={person}>{(p) => <Known person={p} />}</View>;
}

function Known({ person: p }: { person: View1 }) {
  const role = useSession()?.role;
  const orders = useQuery({
    queryKey: ["/v1/orders", { person: p.person_id }],
    queryFn: ({ signal }) => get<Page<Schemas["OrderItem"]>>("/v1/orders", { person: p.person_id, limit: 200 }, signal),
  });
  const list = orders.data?.items ?? [];
  return (
    <div className="person">
      <div className="stack">
        <Head person={p} />
        <Standing person={p.person_id} />
        <Acts person={p} orders={list} />
        {orders.error ? <Fault error={orders.error} again={() => void orders.refetch()} /> : <Orders orders={list} />}
        <Open person={p} />
        {(role === "commander" || role === "auditor") && <Seen person={p.person_id} />}
      </div>
      <Timeline person={p} orders={list} />
    </div>
  );
}

function Head({ person: p }: { person: View1 }) {
  const t = useText();
  return (
    <section className="card stack">
      <div className="row spread">
        <h1>
          <span data-typed>{p.name}</span>{" "}
          <span className="muted">
            {term("Sex", p.sex)} {p.born && <span className="num">{t(w.age, { n: yearsOld(p.born, bookNow()) })}</span>}
          </span>
        </h1>
        <Link href={`/persons/${p.person_id}/code`} className="button no-print">
          {t(w.code)}
        </Link>
      </div>
      {p.same_as && (
        <p className="note warn">
          {t(w.secondRecord)} <Link href={`/persons/${p.same_as}`}>{t(w.openMain)}</Link>
        </p>
      )}
      {p.tags.length > 0 && (
        <p className="row tags">
          {p.tags.map((x) => (
            <span key={x} className="badge warn">
              {term("PersonTag", x)}
            </span>
          ))}
        </p>
      )}
      <dl className="facts">
        <div>
          <dt>{t(w.home)}</dt>
          <dd data-typed>{p.home_names.join(" ") || p.home}</dd>
        </div>
        {p.phone && (
          <div>
            <dt>{t(w.phone)}</dt>
            <dd className="num">
              <a href={`tel:${p.phone}`}>{p.phone}</a>
            </dd>
          </div>
        )}
        {p.identity_masked && (
          <div>
            <dt>{t(w.identity)}</dt>
            <dd className="num" data-typed>
              {p.identity_masked}
            </dd>
          </div>
        )}
        {p.occupation !== "general" && (
          <div>
            <dt>{t(w.occupation)}</dt>
            <dd>{term("OccupationClass", p.occupation)}</dd>
          </div>
        )}
      </dl>
      {p.away_to && (
        <p className="note warn" data-typed>
          {t(w.away, { to: p.away_to })}
        </p>
      )}
      {p.merged.length > 0 && (
        <p className="muted">
          {t(w.merged, { n: p.merged.length })}
          {p.merged.map((m, i) => (
            <Link key={m.merge_id} href={`/persons/${m.person_id}`} className="button">
              {i + 1}
            </Link>
          ))}
        </p>
      )}
    </section>
  );
}

function Open({ person: p }: { person: View1 }) {
  const t = useText();
  const open = (p.duties ?? []).filter((d) => d.state === "open");
  return (
    <section className="card stack">
      <h2>{t(w.openDuties)}</h2>
      {open.length === 0 && <p className="muted">{t(w.noDuties)}</p>}
      <ul className="stack">
        {open.map((d) => (
          <li key={d.duty_id} className="row spread">
            <span>
              {term("DutyKind", d.kind)} <span className="muted">{term("Role", d.responsible)}</span>
            </span>
            <Due at={d.due} />
          </li>
        ))}
      </ul>
    </section>
  );
}
