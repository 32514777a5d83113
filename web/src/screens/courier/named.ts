import { language } from "../../words/language";

/** The name of a place in the user's language, as far as it has one. */
export const named = (p: { name: string; name_en?: string | null }): string => (language() === "en" && p.name_en ? p.name_en : p.name);
