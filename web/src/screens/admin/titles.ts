/** Names of the screens of administration. Apart from the other words, which are read with the screens. */
import { words } from "../../words/language";

export const titles = words({
  accounts: ["账号与岗位", "People and roles"],
  places: ["地点", "Places"],
  facilities: ["机构与床位", "Facilities and beds"],
  protocol: ["防控方案", "Protocol"],
  imports: ["导入数据", "Import"],
  exports: ["导出名单", "Export"],
  traces: ["查看记录", "Who looked at whom"],
  log: ["上报日志", "Log"],
  system_: ["系统状态", "State of the system"],
});
