/** The day on paper. */
import { session } from "../../api/session";
import { address } from "../../api/client";
import { Button } from "../../ui/Button";
import { download } from "../../ui/file";
import { useText } from "../../words/language";
import { dayWords as w } from "./words";

export function Papers({ day }: { day: string }) {
  const t = useText();
  const paper = (lang: "zh" | "en") => download(address("/v1/papers/daily-report.pdf", { day, lang, place: session()?.place }), `quell-${day}-${lang}.pdf`);
  return (
    <div className="row no-print">
      <Button onClick={() => window.print()}>{t(w.printView)}</Button>
      <Button onClick={() => paper("zh")}>{t(w.pdfZh)}</Button>
      <Button onClick={() => paper("en")}>{t(w.pdfEn)}</Button>
    </div>
  );
}
