/** Options of the command line in the server's advice, by the names that the fields of a form have: nobody types `--home` on a page. */
import { type Text, translate } from "./language";

/** `labels`: what the form calls each option, without its dashes. An option that the form does not have stays as it is. */
export function inWordsOfForm(advice: string, labels: Readonly<Record<string, Text>>): string {
  return advice.replace(/--([a-z][a-z-]*)(?: N\b)?/g, (whole, name: string) => {
    const label = labels[name];
    return label ? `“${translate(label)}”` : whole;
  });
}
