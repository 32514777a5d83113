import { useQuery } from "@tanstack/react-query";
import qrcode from "qrcode-generator";
import { Link, useParams } from "wouter";
import { get } from "../../api/client";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { View } from "../../ui/State";
import { core } from "../../words/core";
import { useText } from "../../words/language";
import { w } from "./words";
import "./person.css";

/** Light around a code, in modules: without it scanners do not see where it begins. */
const QUIET = 4;

/** The dark modules of a QR code as one path. */
function path(text: string): { d: string; size: number } {
  const qr = qrcode(0, "Q");
  qr.addData(text, "Alphanumeric");
  qr.make();
  const n = qr.getModuleCount();
  let d = "";
  for (let y = 0; y < n; y++) for (let x = 0; x < n; x++) if (qr.isDark(y, x)) d += `M${x + QUIET} ${y + QUIET}h1v1h-1z`;
  return { d, size: n + 2 * QUIET };
}

/** A person's door code for a screen, a card or paper. */
export default function Code() {
  const t = useText();
  const { person = "" } = useParams<{ person: string }>();
  const code = useQuery({ queryKey: ["/v1/persons", person, "code"], queryFn: ({ signal }) => get<Schemas["CodeOfPerson"]>(`/v1/persons/${encodeURIComponent(person)}/code`, {}, signal) });
  const known = useQuery({ queryKey: ["/v1/persons", person], queryFn: ({ signal }) => get<Schemas["PersonView"]>(`/v1/persons/${encodeURIComponent(person)}`, {}, signal) });
  return (
    <section className="stack door-code">
      <h1>{t(w.codeTitle)}</h1>
      <View of={code}>
        {({ code: text }) => {
          const { d, size } = path(text);
          return (
            <figure className="card">
              <p className="name" data-typed>
                {known.data?.name}
              </p>
              <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={t(w.codeAlt)} shapeRendering="crispEdges">
                <path d={`M0 0h${size}v${size}H0z`} fill="#fff" />
                <path d={d} fill="#000" />
              </svg>
              <figcaption>
                <span className="num code" data-typed>
                  {text.replace(/(.{9})(?=.)/g, "$1 ")}
                </span>
                <span>{t(w.codeHint)}</span>
              </figcaption>
            </figure>
          );
        }}
      </View>
      <div className="row no-print">
        <Button first onClick={() => window.print()}>
          {t(core.print)}
        </Button>
        <Link href={`/persons/${person}`} className="button">
          {t(w.backToPerson)}
        </Link>
      </div>
    </section>
  );
}
