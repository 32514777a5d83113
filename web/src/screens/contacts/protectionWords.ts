/** Words about vaccination and prophylaxis after an exposure (暴露后预防). */
import { words } from "../../words/language";

export const p = words({
  open: ["接种与预防", "Vaccination"],
  title: ["预防接种与暴露后预防", "Vaccination and prophylaxis"],
  what: ["登记内容", "What to record"],
  vaccination: ["既往接种史", "Vaccinated before"],
  given: ["已给予预防", "Prophylaxis given"],
  declined: ["不予预防", "Prophylaxis declined"],
  doses: ["暴露前接种剂次", "Doses before the exposure"],
  none: ["未接种", "none"],
  dosesN: ["{n} 剂", "{n}"],
  more: ["剂次（更多时填写）", "Doses (if more)"],
  source: ["依据", "How it is known"],
  toldHint: ["仅凭口述不作为已受保护的依据", "Someone's word alone does not count as protection"],
  doseDay: ["第 {n} 剂接种日期（不清楚可不填）", "Day of dose {n}, if known"],
  vaccine: ["疫苗名称（可不填）", "Which vaccine (optional)"],
  product: ["预防措施", "What was given"],
  within: ["暴露后 {span} 内有效", "protects within {span} of the exposure"],
  when: ["给予时间", "Given at"],
  note: ["批号、剂量、接种人（可不填）", "Batch, dose, who gave it (optional)"],
  giveIt: ["登记已给予", "Record it as given"],
  declinedHint: ["本人不愿接受或有禁忌：写明决定人和理由", "The person does not want it or must not have it: by whose decision, and why"],
});
