/** The tabs of a case, in their order. The first is where a case opens. */
export const TABS = ["interview", "trajectory", "candidates", "contacts", "sources"] as const;
export type Tab = (typeof TABS)[number];

/** Where a tab of a case is. */
export const addressOf = (id: string, tab: Tab = "interview"): string => `/cases/${id}${tab === "interview" ? "" : `/${tab}`}`;
