/** Names of the screens of the day. Apart from the other words, which are read with the screens. */
import { words } from "../../words/language";

export const titles = words({
  title: ["台账与日结", "Book and daily close"],
  one: ["某日台账", "A day of the book"],
});
