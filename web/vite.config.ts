import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// While one works on the page: `npm run dev` beside a running `quell serve` or `quell demo`.
const server = process.env["QUELL"] ?? "http://127.0.0.1:8420";

export default defineConfig({
  plugins: [react()],
  server: { port: Number(process.env["PORT"] ?? 5173), proxy: { "/v1": server, "/d/": server } },
  // Phones of ten years ago get new browsers from their shops; older engines than these do not run the page.
  build: { target: ["chrome87", "safari14", "firefox86"], chunkSizeWarningLimit: 300 },
});
