/** One case: who it is, its clocks, and what is known of it, in five tabs. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Link, useLocation, useParams } from "wouter";
import { get } from "../../api/client";
import type { Schemas } from "../../api/types";
import { View } from "../../ui/State";
import { useText } from "../../words/language";
import { CandidatesTab } from "./Candidates";
import { ContactsTab } from "./CaseContacts";
import { Head } from "./Head";
import { InterviewTab } from "./Interview";
import { SourcesTab } from "./Sources";
import { TrajectoryTab } from "./Trajectory";
import { addressOf, TABS } from "./tabs";
import { w } from "./words";

export default function CaseScreen() {
  const t = useText();
  const { case: id = "" } = useParams<{ case: string }>();
  const tabs = useRef<HTMLElement>(null);
  const [at] = useLocation();
  const now = TABS.find((x) => at.endsWith(`/${x}`)) ?? "interview";
  const found = useQuery({ queryKey: ["/v1/cases", id, "investigation"], queryFn: ({ signal }) => get<Schemas["InvestigationView"]>(`/v1/cases/${id}/investigation`, {}, signal) });
  const whose = found.data?.person_id;
  const person = useQuery({ queryKey: ["/v1/persons", whose], enabled: !!whose, queryFn: ({ signal }) => get<Schemas["PersonView"]>(`/v1/persons/${whose ?? ""}`, {}, signal) });
  // On a phone the tabs are wider than the screen: the one that is open is in sight.
  // In braces: browsers of late answer a scroll with a promise, which is no clean-up.
  useEffect(() => {
    tabs.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [now, found.isSuccess]);
  return (
    <View of={found}>
      {(investigation) => (
        <>
          <View of={person}>{(p) => <Head case={id} person={p} />}</View>
          <nav ref={tabs} className="tabs" aria-label={t(w.caseTitle)}>
            {TABS.map((x) => (
              <Link key={x} href={addressOf(id, x)} replace aria-current={x === now ? "page" : undefined}>
                {t(w[x])}
              </Link>
            ))}
          </nav>
          {now === "interview" && <InterviewTab key={id} case={id} view={investigation} duties={person.data?.duties ?? []} />}
          {now === "trajectory" && <TrajectoryTab case={id} visits={investigation.visits} home={person.data?.place ?? null} />}
          {now === "candidates" && <CandidatesTab key={id} case={id} />}
          {now === "contacts" && <ContactsTab case={id} number={person.data?.cases?.find((c) => c.case_id === id)?.number ?? null} leads={investigation.leads} visits={investigation.visits} />}
          {now === "sources" && <SourcesTab key={id} case={id} />}
        </>
      )}
    </View>
  );
}
