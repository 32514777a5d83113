/** Name of the screen of messages. Apart from the other words, which are read with the screen. */
import { words } from "../../words/language";

export const titles = words({ messages: ["协查函", "Messages between jurisdictions"] });
