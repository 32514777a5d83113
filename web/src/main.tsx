import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queries } from "./api/live";
import { held } from "./offline/held";
import { restore } from "./offline/lasting";
import "./scan/early";
import { App } from "./shell/App";
import { Toasts } from "./ui/toast";
import "./ui/theme.css";

/** A device whose database does not answer begins without what it may have kept there. */
const PATIENCE_MS = 1_000;

function begin(): void {
  const root = document.getElementById("root");
  if (root) {
    createRoot(root).render(
      <StrictMode>
        <QueryClientProvider client={queries}>
          <App />
          <Toasts />
        </QueryClientProvider>
      </StrictMode>,
    );
  }
  // What waits on this device is handed in whoever is logged in, and if nobody is.
  if (Object.keys(held()).length > 0) void import("./offline/sender").then((s) => s.startSending());
}

// What the disk of a phone that died had not seen yet of its log-in and its station is put back, and the page begins with it.
void Promise.race([restore().catch(() => false), new Promise<boolean>((r) => setTimeout(r, PATIENCE_MS, false))]).then((found) => (found ? location.reload() : begin()));

// The page opens without a network. In development there is nothing to keep: its files have no lasting names.
if (import.meta.env.PROD && "serviceWorker" in navigator) window.addEventListener("load", () => void navigator.serviceWorker.register("/sw.js").catch(() => undefined));
