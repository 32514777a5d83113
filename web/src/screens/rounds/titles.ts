/** Names of the screens of rounds and zones. Apart from the other words, which are read with the screens. */
import { words } from "../../words/language";

export const titles = words({
  rounds: ["筛查轮次", "Screening rounds"],
  round: ["一个轮次", "A round"],
  zones: ["风险区", "Risk zones"],
});
