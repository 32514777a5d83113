import { Select } from "../../ui/Field";
import { View } from "../../ui/State";
import { useText } from "../../words/language";
import { named } from "../../api/places";
import type { useLaboratory } from "./useLaboratory";
import { laboratory as w } from "./words";

/** For which laboratory one works: shown always, chosen where there are several. */
export function Which({ of }: { of: ReturnType<typeof useLaboratory> }) {
  const t = useText();
  return (
    <View of={of.list}>
      {(all) => {
        if (all.length === 0) return <p className="note warn">{t(w.noLaboratory)}</p>;
        if (all.length === 1) return <p className="muted" data-typed>{of.now && named(of.now)}</p>;
        return (
          <div data-typed className="which">
            <Select label={t(w.which)} value={of.now?.place ?? ""} onChange={(e) => of.pick(e.target.value)} options={all.map((l) => [l.place, named(l)] as const)} />
          </div>
        );
      }}
    </View>
  );
}
