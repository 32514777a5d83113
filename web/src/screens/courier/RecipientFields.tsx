import { Input, Select } from "../../ui/Field";
import { useText } from "../../words/language";
import { named } from "../../api/places";
import { OTHER, type Recipient } from "./useRecipient";
import { courier as w } from "./words";

/** Who takes it: the laboratories of the list first. */
export function RecipientFields({ of }: { of: Recipient }) {
  const t = useText();
  const options: [string, string][] = of.laboratories.map((l) => [l.place, named(l)]);
  return (
    <div className="stack" data-typed>
      <Select label={t(w.handTo)} value={of.pick} onChange={(e) => of.setPick(e.target.value)} options={[...options, [OTHER, t(w.someoneElse)]]} />
      {of.pick === OTHER && <Input label={t(w.recipient)} value={of.other} onChange={(e) => of.setOther(e.target.value)} />}
    </div>
  );
}
