/** Why a patient cannot leave yet, by what is open about them. */
import { time } from "../../words/format";
import { type Text, useText } from "../../words/language";
import { term } from "../../words/terms";
import { type Bed, isCase } from "./facility";
import { w } from "./words";

type Reason = readonly [Text, Record<string, string | number>];

function reasonsOf(bed: Bed): Reason[] {
  const duties = (kind: string) => bed.duties.filter((d) => d.kind === kind);
  const first = (kind: string) => duties(kind)[0];
  const out: Reason[] = [];
  if (bed.severity === "severe" || bed.severity === "critical") out.push([w.whySevere, { severity: term("Severity", bed.severity) }]);
  if (first("transfer")) out.push([w.whyMove, {}]);
  if (first("recall")) out.push([w.whyRecall, {}]);
  const exit = first("exit_test");
  if (exit) out.push([w.whyTests, { n: bed.exit_passes, t: time(exit.due) }]);
  const tests = duties("contact_test");
  if (tests[0]) out.push([w.whyContactTests, { n: tests.length, t: time(tests[0].due) }]);
  const end = first("discharge") ?? first("release");
  if (end) out.push([w.whyDays, { t: time(end.due) }]);
  // A case for whom no test is owed has one on its way.
  if (out.length === 0) out.push([isCase(bed) ? w.whyResult : w.whyDecision, {}]);
  return out;
}

export function Reasons({ bed }: { bed: Bed }) {
  const t = useText();
  return (
    <ul className="reasons">
      {reasonsOf(bed).map(([text, values]) => (
        <li key={text[1]}>{t(text, values)}</li>
      ))}
    </ul>
  );
}
