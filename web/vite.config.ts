import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { worker } from "./build/worker.ts";

// While one works on the page: `npm run dev` beside a running `quell serve` or `quell demo`; `npx vite preview` for a built one.
const server = process.env["QUELL"] ?? "http://127.0.0.1:8420";
const port = Number(process.env["PORT"] ?? 5173);
const proxy = { "^/v1/": server, "^/d/": server, "/readyz": server };

export default defineConfig({
  plugins: [react(), worker()],
  server: { port, proxy },
  preview: { port, proxy },
  // Phones of ten years ago get new browsers from their shops; older engines than these do not run the page.
  build: {
    target: ["chrome87", "safari14", "firefox86"],
    chunkSizeWarningLimit: 300,
    rolldownOptions: {
      input: { main: "index.html", sw: "src/offline/sw.ts" },
      output: { entryFileNames: (c) => (c.name === "sw" ? "sw.js" : "assets/[name]-[hash].js") },
    },
  },
});
