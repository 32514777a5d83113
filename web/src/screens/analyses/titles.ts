/** Names of the screens of analyses. Apart from the other words, which are read with the screens. */
import { words } from "../../words/language";

export const titles = words({
  analyses: ["疫情分析", "Analyses"],
  analysis: ["一项分析", "An analysis"],
});
