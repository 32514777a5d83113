/** The other lists behind the board's numbers: cases, beds, zones, places of a round, owners. */
import { useParams, useSearchParams } from "wouter";
import { useSession } from "../../api/session";
import { core } from "../../words/core";
import { useText } from "../../words/language";
import { BedList } from "./BedList";
import { CaseList } from "./CaseList";
import { OwnerTable, RoundTable, ZoneList } from "./Tables";

export default function Behind() {
  const t = useText();
  const session = useSession();
  const { what } = useParams<{ what: string }>();
  const [params] = useSearchParams();
  const place = params.get("place") ?? session?.place ?? "";
  switch (what) {
    case "cases":
      return <CaseList place={place} />;
    case "beds":
      return <BedList place={place} kind={params.get("kind")} />;
    case "zones":
      return <ZoneList place={place} />;
    case "round":
      return <RoundTable place={place} round={params.get("round") ?? ""} />;
    case "owners":
      return <OwnerTable place={place} />;
    default:
      return <p className="note warn">{t(core.notFound)}</p>;
  }
}
