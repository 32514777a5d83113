/** Whether a role has the page at an address: what it cannot open is shown without a link. */
import { SCREENS } from "../shell/screens";

export function opens(role: string | undefined, address: string): boolean {
  const path = address.split("?")[0] ?? "";
  return SCREENS.some((s) => s.roles.some((r) => r === role) && pattern(s.path).test(path));
}

/** `/cases/:case/:tab?` as an expression. */
const pattern = (path: string): RegExp => new RegExp(`^${path.replace(/\/:\w+\?/g, "(?:/[^/]+)?").replace(/:\w+/g, "[^/]+")}$`);
