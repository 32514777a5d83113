/** Where this device's nurse works: chosen once. And who lies where in it. */
import { useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { get } from "../../api/client";
import type { Page, Schemas } from "../../api/types";
import { translate } from "../../words/language";
import { w } from "./words";

export type Bed = Schemas["BedItem"];
export type Facility = Schemas["FacilityItem"];

const KEY = "quell.facility";
const listeners = new Set<() => void>();

export function chooseFacility(facility: string | null): void {
  if (facility) localStorage.setItem(KEY, facility);
  else localStorage.removeItem(KEY);
  for (const l of listeners) l();
}

/** What was chosen on this device, whether or not it is still listed. */
export function useChosen(): string | null {
  return useSyncExternalStore(
    (l) => {
      listeners.add(l);
      return () => listeners.delete(l);
    },
    () => localStorage.getItem(KEY),
  );
}

export const useFacilities = () => useQuery({ queryKey: ["/v1/facilities"], queryFn: ({ signal }) => get<Schemas["Facilities"]>("/v1/facilities", {}, signal) });

/** A bed map has no end of which one could see a part: all pages are read. */
async function allBeds(facility: string, signal: AbortSignal): Promise<Bed[]> {
  const beds: Bed[] = [];
  let after: string | null | undefined;
  do {
    const page: Page<Bed> = await get<Page<Bed>>(`/v1/facilities/${encodeURIComponent(facility)}/beds`, { limit: 1000, after }, signal);
    beds.push(...page.items);
    after = page.next;
  } while (after);
  return beds;
}

export const useBeds = (facility: string) => useQuery({ queryKey: ["/v1/facilities", facility, "beds"], queryFn: ({ signal }) => allBeds(facility, signal) });

export const useReleasable = (facility: string) =>
  useQuery({ queryKey: ["/v1/facilities", facility, "releasable"], queryFn: ({ signal }) => get<Schemas["Releasable"][]>(`/v1/facilities/${encodeURIComponent(facility)}/releasable`, {}, signal) });

/** What a ward itself has to do about its patients; reports, vehicles and questions are others' work. */
const OF_WARD: readonly Schemas["DutyKind"][] = ["observe", "exit_test", "contact_test", "recall", "resample", "symptom_test", "monitoring_test", "sample", "discharge", "release", "follow_up", "prophylaxis", "second_dose"];

export const ownDuties = (bed: Bed): Bed["duties"] => bed.duties.filter((d) => OF_WARD.includes(d.kind));

/** A patient, not a contact: has a severity, also if nobody has judged it yet. */
export const isCase = (bed: Bed): boolean => bed.standing === "inpatient";

/** The bed in words. */
export const whereOf = ({ ward, bed }: { ward: string; bed: number }): string => translate(w.bedOf, { ward, bed });
